import { expect, test } from 'vitest';
import { isForbiddenAddress } from './address.ts';

const NEVER = [
  ...[
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
  ],
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192', '192.88.99.1', '198.51.100.1'],
  ...['::', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff02::1', 'fd00:ec2::254', 'fd20:ce::254', '2001:db8::1'],
  ...['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:a9fe:a9fe', '::169.254.169.254', '::ffff:0.0.0.0'],
  ...['64:ff9b::169.254.169.254', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '2002:a9fe:a9fe::1', '2002:0808:0808::1'],
  ...['2001::1', '4000::1', '::1:0:0:0', '1::1'],
  ...[
    '',
    'localhost',
    '2130706433',
    '0x7f.1',
    '127.1',
    '0177.0.0.1',
    '127.0.0.1.',
    '[::1]',
    'example.com',
    '1.2.3.4.5',
  ],
];
const PRIVATE = [
  ...[
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '198.18.0.1',
  ],
  ...[
    '::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '::127.0.0.1',
  ],
];
const PUBLIC = [
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
];

test.each(NEVER)('%j is never dialled', (ip) => {
  expect([isForbiddenAddress(ip, { allowPrivate: false }), isForbiddenAddress(ip, { allowPrivate: true })]).toEqual([
    true,
    true,
  ]);
});

test.each(PRIVATE)('%s is dialled only if private upstreams are allowed', (ip) => {
  expect([isForbiddenAddress(ip, { allowPrivate: false }), isForbiddenAddress(ip, { allowPrivate: true })]).toEqual([
    true,
    false,
  ]);
});

test.each(PUBLIC)('%s may be dialled', (ip) => {
  expect([isForbiddenAddress(ip, { allowPrivate: false }), isForbiddenAddress(ip, { allowPrivate: true })]).toEqual([
    false,
    false,
  ]);
});
