import { expect, test } from 'vitest';
import { crossSiteCheck, hostCheck } from './origin.ts';
import { clearCookie, cookieName, shownBy } from './session-cookie.ts';

const local = hostCheck({ publicUrl: 'http://localhost:8700', loopback: true, port: 8700 });
const remote = hostCheck({ publicUrl: 'https://writ.example.com', loopback: false, port: 8700 });

/** A request as Node parses it, of which nothing but the headers differs. */
const request = (headers: Readonly<Record<string, string>>) => ({
  headers: { host: 'evil.example', ...headers },
  headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  method: 'GET',
  url: '/a?b',
});

test('while the public URL is loopback every name of loopback is ours, on its port alone', () => {
  const own = ['localhost:8700', 'LOCALHOST:8700', '127.0.0.1:8700', '127.8.0.1:8700', '[::1]:8700'];
  expect(own.every(local)).toBe(true);
  expect(['localhost', 'localhost:80', '127.0.0.1', '[::1]:87', 'writ.example.com', ''].some(local)).toBe(false);
  const foreign = [
    'localhost.evil.example',
    '127.evil.example',
    '127.0.0.1.nip.io',
    'x@localhost',
    'localhost.',
    '127.1',
  ];
  expect(foreign.filter((name) => local(`${name}:8700`))).toEqual([]);
  expect(local(undefined)).toBe(false);
});

test('behind a public name only that name is ours', () => {
  expect(remote('writ.example.com')).toBe(true);
  expect(['localhost:8700', '127.0.0.1:8700', 'writ.example.com:8700', 'x.writ.example.com'].some(remote)).toBe(false);
});

test('the port that a scheme has anyway makes no other host, for pages either', () => {
  expect(['writ.example.com:443', 'WRIT.example.com:443'].every(remote)).toBe(true);
  expect(['writ.example.com:80', 'writ.example.com:443:443', 'writ.example.com:0443'].some(remote)).toBe(false);
  const plain = hostCheck({ publicUrl: 'http://localhost', loopback: true, port: 80 });
  expect(['localhost', 'localhost:80', '127.0.0.1', '[::1]:80'].every(plain)).toBe(true);
  const check = crossSiteCheck({ publicUrl: 'https://writ.example.com', isOwnHost: remote });
  expect(() => check({ host: 'writ.example.com:443', origin: 'https://writ.example.com' })).not.toThrow();
  expect(() => check({ host: 'writ.example.com:443', origin: 'https://writ.example.com:8443' })).toThrow();
});

test('a page is ours only if its origin is the very host it asked', () => {
  const check = crossSiteCheck({ publicUrl: 'http://localhost:8700', isOwnHost: local });
  const asks = (origin: string, site?: string) => () =>
    check({ host: 'localhost:8700', origin, ...(site === undefined ? {} : { 'sec-fetch-site': site }) });
  expect(asks('http://localhost:8700', 'same-origin')).not.toThrow();
  expect(() => check({ host: 'localhost:8700' })).not.toThrow();
  for (const origin of [
    'https://localhost:8700',
    'http://127.0.0.1:8700',
    'http://localhost:8701',
    'null',
    'http://evil.example',
  ]) {
    expect(asks(origin), origin).toThrow(/another site/);
  }
  expect(asks('http://localhost:8700', 'cross-site')).toThrow();
});

test('over https the cookie is bound to this host; it is out of reach of scripts and of other sites', () => {
  expect(cookieName('https://writ.example.com')).toBe('__Host-writ_session');
  expect(clearCookie('https://writ.example.com')).toBe(
    '__Host-writ_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure',
  );
  expect(clearCookie('http://localhost:8700')).not.toContain('Secure');
});

test('over https a cookie of the plain name says nothing', () => {
  const cookie = 'writ_session=writ_ss_fake';
  expect(shownBy(request({ cookie }), 'https://writ.example.com').kind).toBe('nothing');
  expect(shownBy(request({ cookie }), 'http://localhost:8700')).toMatchObject({ kind: 'session', client: 'browser' });
});

test('a token is shown with its scheme, its proofs and the URL by the public name', () => {
  const shown = { kind: 'access_token', token: 'a.b.c', proofs: [], method: 'GET', url: 'http://localhost:8700/a?b' };
  const bearer = shownBy(request({ authorization: 'Bearer a.b.c' }), 'http://localhost:8700');
  expect(bearer).toEqual({ ...shown, scheme: 'bearer' });
  const bound = shownBy(request({ authorization: 'DPoP a.b.c', dpop: 'x.y.z' }), 'http://localhost:8700');
  expect(bound).toEqual({ ...shown, scheme: 'dpop', proofs: ['x.y.z'] });
});

test('a session is taken as a bearer alone', () => {
  expect(shownBy(request({ authorization: 'Bearer writ_ss_fake' }), 'http://localhost:8700').kind).toBe('session');
  expect(shownBy(request({ authorization: 'DPoP writ_ss_fake' }), 'http://localhost:8700').kind).toBe('access_token');
});
