import { describe, expect, test } from 'vitest';
import { isLoopbackHost, isLoopbackUrl } from './loopback.ts';

/** Names that look like this machine, but that the DNS may resolve to another machine. */
const FOREIGN = [
  '127.evil.example',
  'localhost.evil.example',
  'evil.localhost.example',
  '127.0.0.1.nip.io',
  '127.0.0.1.evil.example',
  '127-0-0-1.evil.example',
  'localhost-evil.example',
  'evillocalhost',
  'localhost.localdomain',
  'xn--localhost',
];

describe('a URL is of this machine only if its host can be no other machine', () => {
  test.each(FOREIGN)('%s is not', (host) => {
    expect(isLoopbackUrl(`http://${host}`)).toBe(false);
    expect(isLoopbackUrl(`http://${host}.:8700/x`)).toBe(false);
    expect(isLoopbackUrl(`http://${host.toUpperCase()}:8700`)).toBe(false);
    expect(isLoopbackHost(host)).toBe(false);
  });

  test.each([
    ['a user name that looks like it', 'http://localhost@evil.example'],
    ['user name and password', 'http://127.0.0.1:8700@evil.example'],
    ['a path', 'http://evil.example/localhost'],
    ['a fragment', 'http://evil.example#@localhost'],
    ['a name below localhost, for which some resolvers ask the DNS', 'http://writ.localhost'],
    ['the name with the dot at its end, likewise', 'http://localhost.'],
    ['an address beside the block', 'http://128.0.0.1'],
    ['an address that ends in it', 'http://10.127.0.0.1.example'],
    ['every address', 'http://0.0.0.0'],
    ['every IPv6 address', 'http://[::]'],
    ['another IPv6 address', 'http://[::2]'],
    ['a private address mapped into IPv6', 'http://[::ffff:10.0.0.1]'],
    ['an address in the old compatible form', 'http://[::127.0.0.1]'],
    ['an address behind NAT64', 'http://[64:ff9b::127.0.0.1]'],
    ['an address that is none', 'http://127.0.0.256'],
    ['no URL', 'localhost:8700/x y'],
    ['nothing', ''],
  ])('%s is not: %s', (_, url) => {
    expect(isLoopbackUrl(url)).toBe(false);
  });

  test.each([
    'http://localhost:8700',
    'http://LOCALHOST',
    'https://Localhost/a/b',
    'http://user:pw@localhost',
    'http://127.0.0.1',
    'http://127.255.255.254:1',
    'http://127.0.0.1./',
    // The same address in the forms that the URL standard accepts: short, decimal, octal, hexadecimal.
    'http://127.1',
    'http://2130706433',
    'http://0177.0.0.1',
    'http://0x7f.0.0.1',
    'http://[::1]:8700',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
  ])('%s is', (url) => {
    expect(isLoopbackUrl(url)).toBe(true);
  });
});

describe('a host to listen on, or to connect to', () => {
  test.each([
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.8.0.1',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ])('%s is this machine', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  // A text that is no address in its one spelling is a name, which the DNS resolves.
  test.each([
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '127.999.0.1',
    '127.0.0.1.',
    '[localhost]',
    '[127.0.0.1]',
    '::1%lo',
    '',
  ])('%s is not', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
