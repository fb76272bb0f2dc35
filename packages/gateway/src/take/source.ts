/** The source of a request: the address of the client, read through trusted proxies, and its network. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, type Socket, SocketAddress } from 'node:net';
import { groupsOf } from './address.ts';

/** The source of a request. */
export interface Source {
  /** An IP address; an IPv4 address mapped into IPv6 is written as IPv4. Empty if the peer was already gone. */
  readonly address: string;
  /** The key of limits per address: an IPv4 address, or the /64 network of an IPv6 address, since one person usually has a whole /64. */
  readonly network: string;
}

/** The peer of a socket. */
export interface Peer extends Source {
  /** True for a trusted proxy: its sockets carry requests of many clients. */
  readonly trusted: boolean;
}

/** Finds the sources of requests, and remembers them. */
export interface SourceReader {
  sourceOf(request: IncomingMessage): Source;
  peerOf(socket: Socket): Peer;
}

/** Tells whether a text is an IP address or a range in CIDR form, but not the range of all addresses. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/**
 * Makes the reader. `trustedProxies`: addresses and ranges (`isAddressRange`) whose `X-Forwarded-For` and `Forwarded` (RFC 7239) are
 * trusted: the last address that is not one of them is the source. A peer that is not one of them is the source itself.
 */
export function createSourceReader(trustedProxies: readonly string[]): SourceReader {
  const trusted = trustedList(trustedProxies);
  const isTrusted = (address: string): boolean =>
    address !== '' && trusted !== undefined && trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  const peers = new WeakMap<Socket, Peer>();
  const sources = new WeakMap<IncomingMessage, Source>();
  const peerOf = (socket: Socket): Peer => {
    const known = peers.get(socket);
    if (known !== undefined) return known;
    const source = sourceAt(plainAddress(socket.remoteAddress ?? '') ?? '');
    const peer = { ...source, trusted: isTrusted(source.address) };
    peers.set(socket, peer);
    return peer;
  };
  const sourceOf = (request: IncomingMessage): Source => {
    const peer = peerOf(request.socket);
    if (!peer.trusted) return peer;
    const known = sources.get(request);
    if (known !== undefined) return known;
    const source = sourceAt(behind(peer.address, request, isTrusted));
    sources.set(request, source);
    return source;
  };
  return { sourceOf, peerOf };
}

function sourceAt(address: string): Source {
  return { address, network: networkOf(address) };
}

/** Returns the network of an address, by which limits count. A text that is no address is returned as it is. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  return `${groupsOf(address)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

function trustedList(ranges: readonly string[]): BlockList | undefined {
  if (ranges.length === 0) return undefined;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return list;
}

/**
 * Returns the source that trusted proxies name. If both headers are there and differ, the proxy passed on one that a stranger sent, and it
 * is not known which: then the proxy itself is the source.
 */
function behind(peer: string, { headers }: IncomingMessage, isTrusted: (address: string) => boolean): string {
  const chains = [
    ...[headers['x-forwarded-for'] ?? []].flat().map((text) => text.split(',')),
    ...[headers.forwarded ?? []].flat().map(forwardedFor),
  ];
  const told = new Set(chains.map((hops) => lastUntrusted(peer, hops, isTrusted)));
  const [source = peer] = told;
  return told.size > 1 ? peer : source;
}

/**
 * Walks the hops from the right to the first untrusted one. A hop that is no address (`unknown`, `_hidden`) ends the walk: the proxy that
 * wrote it is the source.
 */
function lastUntrusted(peer: string, hops: readonly string[], isTrusted: (address: string) => boolean): string {
  let last = peer;
  for (let index = hops.length - 1; index >= 0 && isTrusted(last); index -= 1) {
    const address = plainAddress(withoutPort(hops[index] ?? ''));
    if (address === undefined) break;
    last = address;
  }
  return last;
}

/**
 * The longest `Forwarded` header that is parsed: about ten hops. Parsing takes time by the square of the length, and anybody can send the
 * header.
 */
const MOST_FORWARDED = 500;

/** Returns the `for` of each element of a `Forwarded` header, empty if an element has none; an empty list for a header that is too long. */
function forwardedFor(text: string): string[] {
  if (text.length > MOST_FORWARDED) return [];
  const elements = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
  return elements.map((element) => {
    const [, quoted, token = ''] = /(?:^|;)\s*for=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/i.exec(element) ?? [];
    return quoted?.replace(/\\(.)/g, '$1') ?? token;
  });
}

/** Returns the address without port and brackets, of `192.0.2.1:4711`, `[2001:db8::1]:4711` and `[2001:db8::1]`. */
function withoutPort(hop: string): string {
  const text = hop.trim();
  const [, inner] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? /^([\d.]+):\d+$/.exec(text) ?? [];
  return inner ?? text;
}

/**
 * Returns an address in its canonical spelling: without a zone, and as IPv4 if it is mapped into IPv6. Undefined for a text that is no
 * address.
 */
function plainAddress(text: string): string | undefined {
  const address = text.replace(/%.*$/, '');
  if (isIP(address) !== 6) return isIPv4(address) ? address : undefined;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=.*\.)/, '');
}
