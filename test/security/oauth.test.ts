import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker, startBroker } from '../support/broker.ts';
import { rawRequest } from '../support/raw-request.ts';

let broker: Broker;
let basic: string;
beforeAll(async () => {
  broker = await startBroker({ database: 'postgres' });
  const { client } = await broker.owner();
  const auth = { method: 'client_secret_basic' } as const;
  const made = await client.call('clients.create', { client_id: 'script', kind: 'automation', name: 'Script', auth });
  basic = `Basic ${Buffer.from(`script:${made.client_secret}`).toString('base64')}`;
});
afterAll(() => broker.remove());

const FORM = 'application/x-www-form-urlencoded';
const body = () => `grant_type=client_credentials&resource=${encodeURIComponent(`${broker.url}/api/v1`)}`;
const ask = (form: string, headers: Record<string, string> = {}, path = '/oauth/token') =>
  rawRequest(`${broker.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': FORM, authorization: basic, ...headers },
    body: form,
  });

test('a token is answered as OAuth has it, and never kept', async () => {
  const { status, json, headers } = await ask(body());
  expect(status).toBe(200);
  expect(json).toMatchObject({ token_type: 'Bearer', access_token: expect.stringMatching(/^eyJ/) });
  expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
});

test('a request that could be read in two ways, or is in the wrong place, is invalid', async () => {
  for (const answer of [
    await ask(`${body()}&grant_type=client_credentials`),
    await ask(JSON.stringify({ grant_type: 'client_credentials' }), { 'content-type': 'application/json' }),
    await ask(body(), {}, '/oauth/token?grant_type=client_credentials'),
    await ask('', { 'content-type': FORM }),
  ]) {
    expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_request']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(String(answer.json['error_description'])).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  }
});

test('more than one resource is an invalid target', async () => {
  const { status, json } = await ask(`${body()}&resource=${encodeURIComponent(`${broker.url}/gateway`)}`);
  expect([status, json['error']]).toEqual([400, 'invalid_target']);
});

test('a caller that does not prove to be the client is told the same for everything that is wrong', async () => {
  const wrong = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const answers = await Promise.all(
    [wrong('script:fake'), wrong('nobody:fake'), 'Basic !!', wrong('script:')].map((authorization) =>
      ask(body(), { authorization }),
    ),
  );
  for (const { status, headers } of answers) {
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toMatch(/^Basic /);
  }
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

test('a form over 32 KiB is not read, and other methods are not taken', async () => {
  expect((await ask(`${body()}&x=${'x'.repeat(32 * 1024)}`)).status).toBe(413);
  const { status, headers } = await rawRequest(`${broker.url}/oauth/token`, { method: 'GET' });
  expect([status, headers['allow']]).toEqual([405, 'POST, OPTIONS']);
});

test('the documents name this issuer, and the keys are public ones', async () => {
  const get = (path: string, headers = {}) => rawRequest(`${broker.url}${path}`, { method: 'GET', headers });
  const { json } = await get('/.well-known/oauth-authorization-server');
  expect(json).toMatchObject({ issuer: broker.url, token_endpoint: `${broker.url}/oauth/token` });
  expect((await get('/.well-known/openid-configuration')).json).toMatchObject({ issuer: broker.url });
  const one = await get('/.well-known/oauth-protected-resource/gateway/railway');
  expect(one.json).toMatchObject({ resource: `${broker.url}/gateway/railway` });
  expect((await get('/.well-known/oauth-protected-resource/gateway/No_Slug')).status).toBe(404);
  const keys = await get('/.well-known/jwks.json');
  expect(keys.headers).toMatchObject({
    'content-type': 'application/jwk-set+json',
    'cache-control': 'public, max-age=300',
  });
  expect(keys.text).not.toMatch(/"d"\s*:/);
  expect((await get('/.well-known/jwks.json', { accept: 'application/json' })).headers['content-type']).toBe(
    'application/json',
  );
});

test('who asks faster than 20 a second is told when to come again', async () => {
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  const refused = () => answers.filter(({ status }) => status === 429);
  // However slowly they are served meanwhile, more come than the rate lets through.
  while (answers.length < 3_000 && refused().length === 0) {
    answers.push(...(await Promise.all(Array.from({ length: 150 }, () => ask(body())))));
  }
  const [first] = refused();
  expect(first?.json).toMatchObject({ code: 'rate_limited' });
  expect(Number(first?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(20);
});

test('no log line holds a token or a secret', () => {
  expect(broker.logs()).not.toMatch(/eyJ|writ_cs_|writ_ss_|Basic [A-Za-z0-9]/);
});
