import { BlockList, isIPv4, isIPv6 } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Tells whether a host can only be this machine: `localhost`, 127.0.0.0/8 (also mapped into IPv6) or ::1, an IPv6 address with or without
 * brackets. Names below `localhost`, and `localhost.`, are refused: RFC 6761 section 6.3 reserves them for loopback too, but some resolvers
 * ask the DNS for them. Every other spelling of an address is refused too: only parsers of URLs agree on those.
 */
export function isLoopbackHost(host: string): boolean {
  if (isIPv4(host)) return LOOPBACK.check(host, 'ipv4');
  const bare = /^\[(.*:.*)\]$/.exec(host)?.[1] ?? host;
  if (isIPv6(bare)) return !bare.includes('%') && LOOPBACK.check(bare, 'ipv6');
  return host.toLowerCase() === 'localhost';
}

/** Tells the same of the host of a URL; false for a text that is no URL. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}
