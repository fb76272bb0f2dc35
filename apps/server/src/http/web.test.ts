/** How the admin page is served: to people only, within its policy, and so that browsers keep what never changes. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Services } from '@writ/broker';
import { Hono } from 'hono';
import { afterAll, expect, test } from 'vitest';
import { createWebPage } from './web.ts';

const folder = await mkdtemp(join(tmpdir(), 'writ-page-'));
const script = 'console.log("the page")';
await mkdir(join(folder, 'assets'));
await writeFile(join(folder, 'index.html'), '<meta property="csp-nonce" nonce="WRIT-NONCE"><link nonce="WRIT-NONCE">');
await writeFile(join(folder, 'assets', 'main-1234.js'), script);
await writeFile(join(folder, 'assets', 'main-1234.js.gz'), gzipSync(script));
await writeFile(join(folder, 'seal.svg'), '<svg/>');
await writeFile(join(folder, 'notes.txt'), 'no file of the page');
afterAll(() => rm(folder, { recursive: true }));

/** An app with nothing but the page. */
function appOf(folders: string[], publicUrl = 'http://localhost:8700'): Hono {
  let byte = 0;
  const randomBytes = (size: number): Uint8Array => {
    byte += 1;
    return new Uint8Array(size).fill(byte);
  };
  const services = { config: { publicUrl }, randomBytes } as unknown as Services;
  const web = createWebPage(services, folders);
  const app = new Hono();
  app.notFound(async (c) => (await web.asset(c)) ?? (await web.document(c)) ?? c.text('for programs', 404));
  return app;
}

const app = appOf([join(folder, 'nowhere'), folder]);
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', host: 'localhost:8700' };
const ask = (path: string, headers: Readonly<Record<string, string>> = BROWSER, method = 'GET') =>
  app.request(`http://localhost:8700${path}`, { headers, method });

test('every address for people is the document, under a nonce of its own and a policy that takes nothing from elsewhere', async () => {
  const nonces = new Set<string>();
  for (const path of ['/', '/grants/new?request=req_1', '/no/such/page']) {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    const policy = response.headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(policy).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; style-src-attr 'none'; img-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`,
    );
    expect(await response.text()).toBe(`<meta property="csp-nonce" nonce="${nonce}"><link nonce="${nonce}">`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

test.each([
  ['a program', '/grants', { ...BROWSER, accept: '*/*' }],
  ['what asks for nothing in particular', '/grants', { host: 'localhost:8700' }],
  ['a browser at the API', '/api/v1/nothing', BROWSER],
  ['a browser at OAuth', '/oauth/nothing', BROWSER],
  ['a browser at a file that is not there', '/assets/old-1234.js', BROWSER],
])('%s does not get the document', async (_, path, headers) => {
  expect(await (await ask(path, headers)).text()).toBe('for programs');
});

test('a form that is sent to an address of the page does not get the document', async () => {
  expect((await ask('/grants', BROWSER, 'POST')).status).toBe(404);
});

test('a browser that came by another name of this machine goes on at the public one', async () => {
  const response = await ask('/approvals/apr_1?from=chat', { ...BROWSER, host: '127.0.0.1:8700' });
  expect(response.status).toBe(307);
  expect(response.headers.get('location')).toBe('http://localhost:8700/approvals/apr_1?from=chat');
});

test('every answer is as strict as those of the API: never sniffed or framed, and by https alone where the public URL is https', async () => {
  const strict = appOf([folder], 'https://writ.example.com');
  const at = async (from: Hono, path: string, headers: Readonly<Record<string, string>>) => {
    const response = await from.request(`http://localhost:8700${path}`, { headers });
    expect(response.headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(response.headers.get('x-frame-options'), path).toBe('DENY');
    expect(response.headers.get('referrer-policy'), path).toBe('no-referrer');
    return [response.status, response.headers.get('strict-transport-security')];
  };
  const here = { ...BROWSER, host: 'writ.example.com' };
  const years = 'max-age=63072000';
  expect(await at(strict, '/grants', here)).toEqual([200, years]);
  expect(await at(strict, '/grants', BROWSER)).toEqual([307, years]);
  expect(await at(strict, '/seal.svg', {})).toEqual([200, years]);
  const etag = (await ask('/seal.svg', {})).headers.get('etag') ?? '';
  expect(await at(strict, '/seal.svg', { 'if-none-match': etag })).toEqual([304, years]);
  expect(await at(app, '/grants', { ...BROWSER, host: '127.0.0.1:8700' })).toEqual([307, null]);
  expect(await at(app, '/seal.svg', {})).toEqual([200, null]);
});

test('a file whose name changes with its content is kept for good, others are asked for again', async () => {
  const kept = await ask('/assets/main-1234.js', { 'accept-encoding': 'identity' });
  expect(kept.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(kept.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(await kept.text()).toBe(script);
  const seal = await ask('/seal.svg', {});
  expect(seal.headers.get('cache-control')).toBe('no-cache');
  const again = await ask('/seal.svg', { 'if-none-match': seal.headers.get('etag') ?? '' });
  expect(again.status).toBe(304);
});

test('a file comes in the best encoding that was built and is taken', async () => {
  const zipped = await ask('/assets/main-1234.js', { 'accept-encoding': 'gzip, br' });
  expect(zipped.headers.get('content-encoding')).toBe('gzip');
  expect(zipped.headers.get('vary')).toBe('accept-encoding');
  expect(new Uint8Array(await zipped.arrayBuffer())).toEqual(new Uint8Array(gzipSync(script)));
  const plain = await ask('/assets/main-1234.js', { 'accept-encoding': 'gzip;q=0' });
  expect(plain.headers.get('content-encoding')).toBeNull();
});

test.each(['/notes.txt', '/index.html', '/assets/main-1234.js.gz', '/assets/..%2f..%2fpackage.json', '/assets/'])(
  '%s is no file of the page',
  async (path) => {
    expect((await ask(path, {})).status).toBe(404);
  },
);

test('where the page was not built, a browser is answered as a program is', async () => {
  const response = await appOf([join(folder, 'nowhere')]).request('http://localhost:8700/', { headers: BROWSER });
  expect(response.status).toBe(404);
});
