import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { Rejection } from '../rejection.ts';
import { createIssuerKeys, type IssuerRequest } from './discovery.ts';
import { foreignKeyFits, readForeignKeys } from './foreign-key.ts';

const issuer = 'https://issuer.example.com/tenant';
const jwk = (kid: string, more: object = {}) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
  ...more,
});

type Answer = { status?: number; body: unknown };

/** Makes an issuer whose answers, and a clock whose time, tests can change. */
function setUp(changes: { issuer?: string; jwks_uri?: unknown; named?: unknown } = {}) {
  const at = changes.issuer ?? issuer;
  const jwks_uri = changes.jwks_uri ?? `${at}/keys`;
  const requests: IssuerRequest[] = [];
  const state = { now: 1_800_000_000_000, keys: [jwk('k1')] as unknown[], failing: false, gate: Promise.resolve() };
  const answer = (url: string): Answer =>
    url.endsWith('/openid-configuration')
      ? { body: { issuer: changes.named ?? at, jwks_uri, authorization_endpoint: 'x' } }
      : { body: { keys: state.keys } };
  const answers = { answer };
  const fetch = async (request: IssuerRequest) => {
    requests.push(request);
    await state.gate;
    if (state.failing) throw new Error('no route');
    const { status = 200, body } = answers.answer(request.url);
    return { status, body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) };
  };
  const sleep = async (ms: number): Promise<void> => {
    state.now += ms;
  };
  const keys = createIssuerKeys({ fetch, now: () => state.now, sleep });
  const find = (kid: string, more: { allow_private?: boolean; jwks_hosts?: string[] } = {}) =>
    keys.find({ issuer: at, kid, allow_private: false, jwks_hosts: [], ...more });
  const unavailable = async (kid = 'k1', more: Parameters<typeof find>[1] = {}) => {
    await expect(find(kid, more)).rejects.toThrow(new Rejection('issuer_unavailable'));
  };
  const unusable = async (more: Parameters<typeof find>[1] = {}) => {
    await expect(find('k1', more)).rejects.toThrow(new Rejection('issuer_unusable'));
  };
  return { keys, find, unavailable, unusable, requests, state, answers };
}

describe('keys are found by discovery', () => {
  test('with limits on every request', async () => {
    const { find, requests } = setUp();
    expect(await find('k1')).toMatchObject({ kid: 'k1', kty: 'EC' });
    const bounds = { allow_private: false, timeout_ms: 5000, max_bytes: 262_144 };
    expect(requests).toEqual([
      { url: `${issuer}/.well-known/openid-configuration`, ...bounds },
      { url: `${issuer}/keys`, ...bounds },
    ]);
  });

  test('an issuer that ends in a slash is asked without it', async () => {
    const { find, requests } = setUp({ issuer: `${issuer}/`, jwks_uri: `${issuer}/keys` });
    await find('k1');
    expect(requests[0]?.url).toBe(`${issuer}/.well-known/openid-configuration`);
  });

  test('and are remembered for ten minutes, not longer', async () => {
    const { find, requests, state } = setUp();
    await find('k1');
    state.now += 599_999;
    await find('k1');
    expect(requests).toHaveLength(2);
    state.now += 1;
    await find('k1');
    expect(requests).toHaveLength(4);
  });

  test('by one request for 50 that ask at the same time', async () => {
    const { find, requests } = setUp();
    await Promise.all(Array.from({ length: 50 }, () => find('k1')));
    expect(requests).toHaveLength(2);
  });

  test('a policy that may reach private addresses does not share its keys with one that may not', async () => {
    const { find, requests } = setUp();
    await find('k1', { allow_private: true });
    await find('k1');
    expect(requests.map(({ allow_private }) => allow_private)).toEqual([true, true, false, false]);
  });

  test('after the keys were forgotten, the issuer is asked again', async () => {
    const { find, keys, requests } = setUp();
    await find('k1');
    keys.forget('https://other.example');
    await find('k1');
    expect(requests).toHaveLength(2);
    keys.forget(issuer);
    await find('k1');
    expect(requests).toHaveLength(4);
  });
});

describe('an unknown kid', () => {
  test('that the issuer has just published is found at once', async () => {
    const { find, state } = setUp();
    await find('k1');
    state.keys = [jwk('k1'), jwk('k2')];
    expect(await find('k2')).toMatchObject({ kid: 'k2' });
  });

  test('that a stranger made up makes Writ ask the issuer at a bounded rate, even if many come', async () => {
    const { find, requests, state } = setUp();
    const began = state.now;
    for (let i = 0; i < 25; i += 1) expect(await find(`made up ${i}`)).toBeUndefined();
    const questions = requests.length / 2;
    expect(questions).toBeLessThanOrEqual(10 + Math.ceil((state.now - began) / 2000));
    await Promise.all(Array.from({ length: 500 }, (_, i) => find(`of many ${i}`)));
    expect(requests.length / 2 - questions).toBeLessThanOrEqual(2);
  });

  test('that is real is found within seconds, even while strangers make up others', async () => {
    const { find, state } = setUp();
    for (let i = 0; i < 25; i += 1) await find(`made up ${i}`);
    state.keys = [jwk('k2')];
    const began = state.now;
    const [real, ...others] = await Promise.all([
      find('k2'),
      ...Array.from({ length: 50 }, (_, i) => find(`more ${i}`)),
    ]);
    expect(real).toMatchObject({ kid: 'k2' });
    expect(others.every((key) => key === undefined)).toBe(true);
    expect(state.now - began).toBeLessThanOrEqual(2000);
  });

  test('published while the keys are being read for another token makes Writ read them again', async () => {
    const { find, state, requests } = setUp();
    const gate = Promise.withResolvers<void>();
    state.keys = [jwk('k1')];
    state.gate = gate.promise;
    const first = find('made up');
    await vi.waitFor(() => expect(requests).toHaveLength(1), 30_000);
    const second = find('k2');
    gate.resolve();
    expect(await first).toBeUndefined();
    state.keys = [jwk('k2')];
    expect(await second).toMatchObject({ kid: 'k2' });
  });

  test('is not refused as unknown while the issuer does not answer, and known keys stay valid', async () => {
    const { find, state, unavailable } = setUp();
    await find('k1');
    state.now += 60_000;
    state.failing = true;
    await unavailable('k2');
    expect(await find('k1')).toMatchObject({ kid: 'k1' });
    state.now += 600_000;
    await unavailable('k1');
  });

  test('a withdrawn key is not used after the issuer was asked', async () => {
    const { find, state } = setUp();
    await find('k1');
    state.now += 600_000;
    state.keys = [jwk('k2')];
    expect(await find('k1')).toBeUndefined();
  });
});

describe('an issuer that fails for a moment', () => {
  test.each([
    ['answers once with 503', { status: 503, body: '' }],
    ['is once not reached', undefined],
  ])('and %s is asked again at once, and the token is accepted', async (_, hiccup) => {
    const { find, answers, requests } = setUp();
    const { answer } = answers;
    const failed = new Set<string>();
    answers.answer = (url) => {
      if (failed.has(url)) return answer(url);
      failed.add(url);
      if (hiccup === undefined) throw new Error('no route');
      return hiccup;
    };
    expect(await find('k1')).toMatchObject({ kid: 'k1' });
    expect(requests).toHaveLength(4);
  });

  test('and does not answer is asked twice, then not again for five seconds', async () => {
    const { find, state, requests, unavailable } = setUp();
    state.failing = true;
    for (let i = 0; i < 20; i += 1) await unavailable();
    expect(requests).toHaveLength(2);
    state.now += 5000;
    state.failing = false;
    expect(await find('k1')).toMatchObject({ kid: 'k1' });
  });

  test('that refuses because it was asked too often is not asked again at once', async () => {
    const { answers, requests, unavailable } = setUp();
    answers.answer = () => ({ status: 429, body: '' });
    await unavailable();
    expect(requests).toHaveLength(1);
  });
});

describe('refused', () => {
  test.each<[string, Parameters<typeof setUp>[0]]>([
    ['a document of another issuer', { named: 'https://evil.example' }],
    ['a document of the issuer with a slash more', { named: `${issuer}/` }],
    ['a document without issuer', { named: 0 }],
    ['keys at another host', { jwks_uri: 'https://evil.example/keys' }],
    ['keys at a host that ends alike', { jwks_uri: 'https://evil-issuer.example.com/keys' }],
    ['keys at the host above', { jwks_uri: 'https://example.com/keys' }],
    ['keys at another port', { jwks_uri: 'https://issuer.example.com:8443/keys' }],
    ['keys over http', { jwks_uri: 'http://issuer.example.com/keys' }],
    ['keys at a metadata address', { jwks_uri: 'http://169.254.169.254/latest/meta-data' }],
    ['keys in a file', { jwks_uri: 'file:///etc/passwd' }],
    ['keys behind a password', { jwks_uri: 'https://a:b@issuer.example.com/keys' }],
    ['keys at no URL', { jwks_uri: 7 }],
    ['an issuer over http', { issuer: 'http://issuer.example.com' }],
    ['an issuer on loopback without leave', { issuer: 'http://127.0.0.1:4000' }],
  ])('%s', async (_, changes) => {
    await setUp(changes).unusable();
  });

  test('an issuer over http that is not on loopback, even if private addresses are allowed', async () => {
    for (const host of ['10.0.0.1', '127.evil.example', '127.0.0.1.nip.io', 'localhost.evil.example']) {
      const { unusable, requests } = setUp({ issuer: `http://${host}` });
      await unusable({ allow_private: true });
      expect(requests).toEqual([]);
    }
  });

  test.each<[string, Answer]>([
    ['a redirect', { status: 302, body: '' }],
    ['a failure', { status: 500, body: '{}' }],
    ['what is not JSON', { body: '<html>' }],
    ['what is too long', { body: `"${'x'.repeat(300_000)}"` }],
    ['a duplicate member', { body: `{"issuer":"${issuer}","issuer":"${issuer}","jwks_uri":"${issuer}/keys"}` }],
    ['what is not UTF-8', { body: Uint8Array.of(0x7b, 0xff, 0x7d) }],
    ['a list', { body: [] }],
  ])('%s', async (_, answer) => {
    const { answers, unavailable } = setUp();
    answers.answer = () => answer;
    await unavailable();
  });
});

test('keys may come from a host below the issuer’s, or from a known host of the system', async () => {
  expect(await setUp({ jwks_uri: 'https://keys.issuer.example.com/x' }).find('k1')).toBeDefined();
  const { find } = setUp({ jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs' });
  expect(await find('k1', { jwks_hosts: ['www.googleapis.com'] })).toBeDefined();
});

test('a stand-in on loopback is asked over http, if private addresses are allowed', async () => {
  expect(await setUp({ issuer: 'http://127.0.0.1:4000' }).find('k1', { allow_private: true })).toBeDefined();
});

describe('foreign keys', () => {
  const read = (...keys: unknown[]) => [...readForeignKeys(JSON.stringify({ keys })).keys()];

  test('are the public signing keys with a kid; others are ignored', () => {
    const good = jwk('good', { use: 'sig', x5c: ['x'], d: 'never' });
    const others = [
      jwk('enc', { use: 'enc' }),
      jwk(''),
      { kty: 'oct', k: 'x', kid: 'o' },
      { kty: 'EC', kid: 'e' },
      'x',
      null,
    ];
    expect(read(good, ...others, { ...jwk('x'), kid: 7 }, { kty: 'toString', kid: 't' })).toEqual(['good']);
    expect(readForeignKeys(JSON.stringify({ keys: [good] })).get('good')).not.toHaveProperty('d');
  });

  test('are refused if there are two of one kid or too many, or if the text is no key set', () => {
    expect(() => read(jwk('a'), jwk('a'))).toThrow(Rejection);
    const many = Array.from({ length: 101 }, (_, at) => ({ kty: 'EC', kid: `${at}` }));
    expect(() => read(...many)).toThrow(Rejection);
    expect(() => readForeignKeys('{"keys":{}}')).toThrow(Rejection);
  });

  test.each<[string, string | undefined, string, boolean]>([
    ['RSA', undefined, 'RS256', true],
    ['RSA', 'RS256', 'PS256', false],
    ['RSA', undefined, 'ES256', false],
    ['EC', 'ES384', 'ES384', true],
    ['OKP', 'EdDSA', 'Ed25519', true],
    ['oct', undefined, 'HS256', false],
    ['RSA', undefined, 'none', false],
  ])('a %s key of %s fits %s: %s', (kty, own, alg, wanted) => {
    expect(foreignKeyFits({ kty, kid: 'k', ...(own ? { alg: own } : {}) }, alg)).toBe(wanted);
  });
});
