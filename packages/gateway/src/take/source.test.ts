import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createSourceReader, isAddressRange, networkOf } from './source.ts';

const PROXIES = ['10.0.0.0/8', '192.0.2.9', '2001:db8:ffff::/48'];

/** Makes a request as Node gives it, from a peer. */
function requestFrom(peer: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer, configurable: true });
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  return request;
}

function sourceOf(
  peer: string,
  headers: Readonly<Record<string, string>>,
  proxies: readonly string[] = PROXIES,
): string {
  return createSourceReader(proxies).sourceOf(requestFrom(peer, headers)).address;
}

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['fe80::1%eth0', 'fe80::1'],
  ['2001:db8::1', '2001:db8::1'],
])('a peer %s is %s, and headers of an untrusted peer are ignored', (peer, address) => {
  const told = { 'x-forwarded-for': '203.0.113.5', forwarded: 'for=203.0.113.5' };
  expect(sourceOf(peer, told)).toBe(address);
  expect(sourceOf(peer, told, [])).toBe(address);
});

describe('behind a trusted proxy the last address that is not trusted is the source', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['one hop', { 'x-forwarded-for': '203.0.113.5' }, '203.0.113.5'],
    ['what the client wrote itself stands before it', { 'x-forwarded-for': '1.1.1.1, 203.0.113.5' }, '203.0.113.5'],
    ['two proxies', { 'x-forwarded-for': '1.1.1.1, 203.0.113.5, 10.9.9.9' }, '203.0.113.5'],
    ['nothing but proxies', { 'x-forwarded-for': '10.1.1.1, 10.9.9.9' }, '10.1.1.1'],
    ['a port', { 'x-forwarded-for': '203.0.113.5:4711' }, '203.0.113.5'],
    ['IPv6 with brackets and port', { 'x-forwarded-for': '[2001:DB8:0::5]:4711' }, '2001:db8::5'],
    ['IPv4 mapped in IPv6', { 'x-forwarded-for': '::ffff:203.0.113.5' }, '203.0.113.5'],
    ['no address', { 'x-forwarded-for': '203.0.113.5, unknown' }, '10.0.0.1'],
    ['no address before a proxy', { 'x-forwarded-for': 'unknown, 10.9.9.9' }, '10.9.9.9'],
    ['an empty header', { 'x-forwarded-for': '' }, '10.0.0.1'],
    ['no header', {}, '10.0.0.1'],
    ['Forwarded', { forwarded: 'for=1.1.1.1;proto=http, proto=https; For=203.0.113.5 ;by=10.0.0.1' }, '203.0.113.5'],
    ['Forwarded, quoted', { forwarded: 'for="[2001:db8::5]:4711"' }, '2001:db8::5'],
    ['Forwarded with commas inside quotes', { forwarded: 'for=203.0.113.5;x="a, for=1.1.1.1"' }, '203.0.113.5'],
    ['Forwarded, hidden', { forwarded: 'for=203.0.113.5, for=_hidden' }, '10.0.0.1'],
    ['both, agreeing', { 'x-forwarded-for': '203.0.113.5', forwarded: 'for=203.0.113.5' }, '203.0.113.5'],
    ['both, one of them a lie', { 'x-forwarded-for': '203.0.113.5', forwarded: 'for=1.1.1.1' }, '10.0.0.1'],
  ])('%s', (_, headers, address) => {
    expect(sourceOf('10.0.0.1', headers)).toBe(address);
    expect(sourceOf('::ffff:10.0.0.1', headers)).toBe(address);
  });

  test('a proxy of IPv6, and a single address', () => {
    expect(sourceOf('2001:db8:ffff::1', { 'x-forwarded-for': '203.0.113.5, 192.0.2.9' })).toBe('203.0.113.5');
  });
});

test('a header that is made to take long to parse is not parsed: the proxy is the source', () => {
  for (const hard of ['"\\'.repeat(200_000), '\\"'.repeat(200_000), `"${'\\"'.repeat(200_000)}`]) {
    expect(sourceOf('10.0.0.1', { forwarded: `${hard}, for=203.0.113.5` })).toBe('10.0.0.1');
    expect(sourceOf('10.0.0.1', { forwarded: hard, 'x-forwarded-for': '203.0.113.5' })).toBe('10.0.0.1');
  }
});

test('a request is read once, and its source stays the same when the peer has gone', () => {
  const { sourceOf: read } = createSourceReader(PROXIES);
  const request = requestFrom('10.0.0.1', { 'x-forwarded-for': '203.0.113.5' });
  expect(read(request)).toEqual({ address: '203.0.113.5', network: '203.0.113.5' });
  request.headers['x-forwarded-for'] = '1.1.1.1';
  Object.defineProperty(request.socket, 'remoteAddress', { value: undefined });
  expect(read(request).address).toBe('203.0.113.5');
});

test('ranges are addresses and CIDRs, and never all addresses', () => {
  for (const good of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/1']) {
    expect([good, isAddressRange(good)]).toEqual([good, true]);
  }
  for (const bad of [
    '',
    'proxy',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/+8',
    '::/129',
  ]) {
    expect([bad, isAddressRange(bad)]).toEqual([bad, false]);
  }
});
