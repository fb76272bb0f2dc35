/** The addresses that an upstream may have (model#private-upstream). The address that is dialled is checked, never the name. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

function blockList(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList();
  const add = (range: string, family: 'ipv4' | 'ipv6'): void => {
    const [net = '', bits = ''] = range.split('/');
    list.addSubnet(net, Number(bits), family);
  };
  for (const range of v4) add(range, 'ipv4');
  for (const range of v6) add(range, 'ipv6');
  return list;
}

/**
 * The addresses that are never dialled, even if private ones are allowed: link-local, metadata services of clouds, unspecified, multicast,
 * reserved, old tunnels.
 */
const NEVER = blockList(
  [
    '0.0.0.0/8',
    '169.254.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '100.100.100.200/32',
    '168.63.129.16/32',
  ],
  [
    '::/128',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
    '100::/64',
    '2001::/32',
    '2001:db8::/32',
    '2002::/16',
    '64:ff9b:1::/48',
    'fd00:ec2::/32',
    'fd20:ce::/32',
  ],
);

/**
 * The addresses that are dialled only if the connection may use private upstreams: loopback, private, carrier-grade NAT, benchmarking,
 * unique local.
 */
const PRIVATE = blockList(
  ['10.0.0.0/8', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15'],
  ['::1/128', 'fc00::/7'],
);

/** Tells whether an IP address must not be dialled. A text that `net.isIP` does not accept is forbidden. */
export function isForbiddenAddress(ip: string, options: { readonly allowPrivate: boolean }): boolean {
  const family = isIPv4(ip) ? 'ipv4' : 'ipv6';
  if (family === 'ipv6') {
    if (!isIPv6(ip) || ip.includes('%')) return true;
    const inner = embeddedIpv4(ip);
    if (inner !== undefined) return isForbiddenAddress(inner, options);
  }
  if (NEVER.check(ip, family)) return true;
  if (PRIVATE.check(ip, family)) return !options.allowPrivate;
  return family === 'ipv6' && !isGlobalUnicast(ip);
}

/** Returns the IPv4 address inside a mapped (`::ffff:0:0/96`), compatible (`::/96`) or NAT64 (`64:ff9b::/96`) address. */
function embeddedIpv4(ip: string): string | undefined {
  const groups = groupsOf(ip);
  const head = groups.slice(0, 6).join(':');
  const [high = 0, low = 0] = groups.slice(6);
  const compatible = head === '0:0:0:0:0:0' && high !== 0;
  if (!compatible && head !== '0:0:0:0:0:65535' && head !== '100:65435:0:0:0:0') return undefined;
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

function isGlobalUnicast(ip: string): boolean {
  return ((groupsOf(ip)[0] ?? 0) & 0xe000) === 0x2000;
}

/** Returns the eight groups of a valid IPv6 address. */
export function groupsOf(ip: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  const hex = (a = '0', b = '0'): string => ((Number(a) << 8) | Number(b)).toString(16);
  const text = dotted === null ? ip : `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [left = '', right] = text.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const head = parse(left);
  const tail = right === undefined ? [] : parse(right);
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
