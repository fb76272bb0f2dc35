import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { describe, expect, test } from 'vitest';
import { jwtAttacks, signEs256 } from '../../../../test/support/jwt-attacks/index.ts';
import vectors from '../../../../test/vectors/dpop.json' with { type: 'json' };
import { accessTokenHash, contentDigest } from './hashes.ts';
import { type DpopOptions, type ProofUse, verifyDpopProof } from './proof.ts';

const NOW = 1_800_000_000;
const htu = 'https://writ.example.com/oauth/token';
const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const { privateKey } = pairs.ES256;
const jwkOf = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) });
const jwk = jwkOf(pairs.ES256.publicKey);
const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
const jkt = await calculateJwkThumbprint(jwk);

const claims = (changes: object = {}): Record<string, unknown> => ({
  jti: 'proof-1',
  htm: 'POST',
  htu,
  iat: NOW,
  ...changes,
});
const signed = (changes: object = {}, head: object = {}): string =>
  signEs256({ header: { ...header, ...head }, payload: claims(changes) }, privateKey);

/** Makes the options with a store of used ids that works like the database: only the first use of an id gives true. */
function setUp(changes: Partial<DpopOptions> = {}) {
  const uses: ProofUse[] = [];
  const useOnce = async (use: ProofUse): Promise<boolean> => {
    await Promise.resolve();
    const isNew = !uses.some((one) => one.jkt === use.jkt && one.jti === use.jti);
    uses.push(use);
    return isNew;
  };
  const options = { method: 'POST', htu, now: NOW * 1000, useOnce, ...changes };
  const verify = (proof: string) => verifyDpopProof(proof, options);
  /** Returns the reason of the refusal; fails if the proof was accepted or its id was used up. */
  const reason = async (proof: string): Promise<string> => {
    const result = await verify(proof);
    if (result.ok) return expect.unreachable('the proof was accepted');
    if (result.reason !== 'replayed') expect(uses).toEqual([]);
    return result.reason;
  };
  return { uses, verify, reason };
}

describe('vectors', () => {
  test('the hash of an access token is the standard one', () => {
    expect(accessTokenHash(vectors.ath.token)).toBe(vectors.ath.hash);
  });

  test.each(vectors.jkt)('the thumbprint of a $jwk.kty key is the standard one', async (vector) => {
    expect(await calculateJwkThumbprint(vector.jwk)).toBe(vector.thumbprint);
  });
});

describe('a proof is accepted', () => {
  test.each([
    ['ES256', 'ES256'],
    ['EdDSA', 'EdDSA'],
    ['Ed25519', 'EdDSA'],
    ['RS256', 'RS256'],
    ['PS256', 'RS256'],
  ] as const)('signed with %s, as jose does', async (alg, kind) => {
    const own = jwkOf(pairs[kind].publicKey);
    const proof = await new SignJWT(claims())
      .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: own })
      .sign(pairs[kind].privateKey);
    const wanted = { ok: true, jkt: await calculateJwkThumbprint(own), jti: 'proof-1' };
    expect(await setUp().verify(proof)).toEqual(wanted);
  });

  test.each<[string, object]>([
    ['at the oldest', { iat: NOW - 300 }],
    ['with times that have a fraction', { iat: NOW - 0.125, nbf: NOW - 0.5, exp: NOW + 60.75 }],
    ['from a clock a minute ahead', { iat: NOW + 60, nbf: NOW + 60 }],
    ['whose end was 29 seconds ago', { exp: NOW - 29 }],
    ['with a query and a fragment in htu', { htu: `${htu}?a=b#c` }],
    ['with the default port and capitals in the host', { htu: 'HTTPS://WRIT.example.com:443/oauth/token' }],
    ['with needless escapes', { htu: 'https://writ.example.com/%6Fauth/token' }],
    ['with an access token hash nobody asked for', { ath: 'x' }],
    ['with a nonce nobody asked for', { nonce: 'x' }],
    ['with claims of others', { roles: ['x'] }],
  ])('%s', async (_, changes) => {
    expect(await setUp().verify(signed(changes))).toMatchObject({ ok: true, jkt });
  });

  test('whose key states its purpose', async () => {
    const described = { ...jwk, kid: 'mine', alg: 'ES256', use: 'sig', key_ops: ['verify'], ext: true };
    expect(await setUp().verify(signed({}, { jwk: described }))).toMatchObject({ ok: true, jkt });
  });
});

/** The attacks that do not apply to a proof: it does not use these claims, not even `exp`, and its own type is right. */
const doesNotConcern = /^((iss|sub|aud): |exp: (absent|milliseconds)|payload: constructor\.prototype|typ "dpop\+jwt")/;
/** The attacks that bring their own key: such a JWT is a good proof, of another key. */
const bringsItsKey = /^jwk .*signed by the key it brings$/;

describe('every attack is refused without using up its id', () => {
  const sample = claims({ iss: 'agent-1', sub: 'agent-1', aud: 'https://writ.example.com', exp: NOW + 60 });
  const attacks = jwtAttacks({ header, payload: sample, privateKey });

  test('the proof they are made from is accepted', async () => {
    expect((await setUp().verify(signEs256({ header, payload: sample }, privateKey))).ok).toBe(true);
  });

  test.each(attacks.filter(([name]) => !doesNotConcern.test(name) && !bringsItsKey.test(name)))(
    '%s',
    async (_, proof) => {
      expect(await setUp().reason(proof)).toMatch(/^[a-z_0-9]+$/);
    },
  );

  test('a proof by another key is that key’s proof', async () => {
    const others = attacks.filter(([name]) => bringsItsKey.test(name));
    expect(others).toHaveLength(2);
    for (const [, proof] of others) {
      const result = await setUp().verify(proof);
      expect(result.ok && result.jkt).not.toBe(jkt);
    }
  });
});

describe('refused', () => {
  test.each<[string, object, string]>([
    ['another method', { htm: 'GET' }, 'htm'],
    ['the method in lower case', { htm: 'post' }, 'htm'],
    ['another path', { htu: 'https://writ.example.com/oauth/token2' }, 'htu'],
    ['another case in the path', { htu: 'https://writ.example.com/OAuth/token' }, 'htu'],
    ['a slash more', { htu: `${htu}/` }, 'htu'],
    ['another host', { htu: 'https://evil.example/oauth/token' }, 'htu'],
    ['another port', { htu: 'https://writ.example.com:8443/oauth/token' }, 'htu'],
    ['another scheme', { htu: 'http://writ.example.com/oauth/token' }, 'htu'],
    ['user information', { htu: 'https://a:b@writ.example.com/oauth/token' }, 'htu'],
    ['a backslash', { htu: 'https://writ.example.com\\oauth/token' }, 'htu'],
    ['a tab', { htu: 'https://writ.example.com/oauth\t/token' }, 'htu'],
    ['an escaped slash', { htu: 'https://writ.example.com/oauth%2Ftoken' }, 'htu'],
    ['a relative URL', { htu: '/oauth/token' }, 'htu'],
    ['an htu that is no URL', { htu: 'x' }, 'htu'],
    ['an age of 301 seconds', { iat: NOW - 301 }, 'iat'],
    ['a time 61 seconds ahead', { iat: NOW + 61 }, 'iat'],
    ['an end 30 seconds ago', { exp: NOW - 30 }, 'exp'],
    ['a beginning 61 seconds ahead', { nbf: NOW + 61 }, 'nbf'],
    ['no method', { htm: undefined }, 'claims'],
    ['no URL', { htu: undefined }, 'claims'],
    ['no time', { iat: undefined }, 'claims'],
    ['an id of 257 characters', { jti: 'j'.repeat(257) }, 'claims'],
  ])('with %s', async (_, changes, wanted) => {
    expect(await setUp().reason(signed(changes))).toBe(wanted);
  });

  test.each(['JWT', 'at+jwt', 'DPoP+jwt', 'application/dpop+jwt', undefined])('of type %s', async (typ) => {
    expect(await setUp().reason(signed({}, { typ }))).toBe('typ');
  });

  const privateJwk = jwkOf(privateKey);
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  test.each<[string, unknown]>([
    ['a private key', privateJwk],
    ['an empty private member', { ...jwk, d: '' }],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
    ['a symmetric member', { ...jwk, k: 'c2VjcmV0' }],
    ['a key of another curve', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['a point on no curve', { ...jwk, x: jwk['y'], y: jwk['x'] }],
    ['an RSA key under ES256', jwkOf(pairs.RS256.publicKey)],
    ['a key for encryption', { ...jwk, use: 'enc' }],
    ['no key', undefined],
    ['a key that is text', JSON.stringify(jwk)],
    ['a list of keys', { keys: [jwk] }],
  ])('with %s', async (_, key) => {
    expect(await setUp().reason(signed({}, { jwk: key }))).toBe('jwk');
  });

  test('with an RSA key of 1024 bits', async () => {
    expect(await setUp().reason(signed({}, { alg: 'RS256', jwk: jwkOf(weak.publicKey) }))).toBe('jwk');
  });

  test('when two headers have been joined', async () => {
    expect(await setUp().reason(`${signed()}, ${signed({ jti: 'proof-2' })}`)).toBe('not_three_segments');
  });
});

describe('with an access token', () => {
  const accessToken = vectors.ath.token;

  test('the proof must carry its hash', async () => {
    expect((await setUp({ accessToken }).verify(signed({ ath: vectors.ath.hash }))).ok).toBe(true);
    expect(await setUp({ accessToken }).reason(signed())).toBe('ath');
    expect(await setUp({ accessToken }).reason(signed({ ath: accessTokenHash('other') }))).toBe('ath');
    expect(await setUp({ accessToken }).reason(signed({ ath: `${vectors.ath.hash}=` }))).toBe('ath');
  });
});

test('a proof by oauth4webapi is accepted, with and without a nonce', async () => {
  const keys = await oauth.generateKeyPair('ES256');
  const client = { client_id: 'agent-1' };
  const sent: string[] = [];
  const request = (dpop: oauth.DPoPHandle) =>
    oauth.clientCredentialsGrantRequest(
      { issuer: 'https://writ.example.com', token_endpoint: htu },
      client,
      oauth.None(),
      {},
      {
        DPoP: dpop,
        [oauth.customFetch]: async (_url: string, { headers }: { headers: Record<string, string> }) => {
          sent.push(headers['dpop'] ?? '');
          return new Response('{"error":"use_dpop_nonce"}', { status: 400, headers: { 'dpop-nonce': 'good' } });
        },
      },
    );
  const dpop = oauth.DPoP({}, keys);
  const first = await request(dpop);
  await oauth
    .processClientCredentialsResponse({ issuer: 'https://writ.example.com' }, client, first)
    .catch(() => undefined);
  await request(dpop);
  const [without = '', withNonce = ''] = sent;
  const now = Date.now();
  expect((await setUp({ now }).verify(without)).ok).toBe(true);
  const acceptsNonce = (nonce: string) => nonce === 'good';
  expect(await setUp({ now, acceptsNonce }).reason(without)).toBe('nonce');
  expect((await setUp({ now, acceptsNonce }).verify(withNonce)).ok).toBe(true);
});

describe('a nonce, if one is required', () => {
  const acceptsNonce = (nonce: string) => nonce === 'good';

  test('must be present and good', async () => {
    expect((await setUp({ acceptsNonce }).verify(signed({ nonce: 'good' }))).ok).toBe(true);
    expect(await setUp({ acceptsNonce }).reason(signed())).toBe('nonce');
    expect(await setUp({ acceptsNonce }).reason(signed({ nonce: 'old' }))).toBe('nonce');
  });
});

describe('a digest of the body, if the proof names one', () => {
  const body = '{"query":"{ me { id } }"}';
  const bodyOf = (text: string) => ({ acceptsDigest: (digest: string) => digest === contentDigest(text) });

  test('must be the body’s', async () => {
    const proof = signed({ content_digest: contentDigest(body) });
    expect((await setUp(bodyOf(body)).verify(proof)).ok).toBe(true);
    expect(await setUp(bodyOf(`${body} `)).reason(proof)).toBe('content_digest');
    expect(await setUp().reason(proof)).toBe('content_digest');
  });

  test('is not required', async () => {
    expect((await setUp(bodyOf(body)).verify(signed())).ok).toBe(true);
  });

  test('is written as the standard says', () => {
    expect(contentDigest('{"hello": "world"}')).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
  });
});

describe('an id is good for one use of one key', () => {
  test('a second use is refused, and is remembered until the proof is too old', async () => {
    const { verify, reason, uses } = setUp();
    expect((await verify(signed())).ok).toBe(true);
    expect(await reason(signed())).toBe('replayed');
    expect(uses[0]).toEqual({ jkt, jti: 'proof-1', expires_at: (NOW + 330) * 1000 });
  });

  test('the same id of another key is another id', async () => {
    const { verify } = setUp();
    expect((await verify(signed())).ok).toBe(true);
    const own = jwkOf(pairs.EdDSA.publicKey);
    const proof = new SignJWT(claims()).setProtectedHeader({ typ: 'dpop+jwt', alg: 'EdDSA', jwk: own });
    expect((await verify(await proof.sign(pairs.EdDSA.privateKey))).ok).toBe(true);
  });

  test('of 50 at once exactly one is accepted', async () => {
    const { verify } = setUp();
    const proof = signed();
    const results = await Promise.all(Array.from({ length: 50 }, () => verify(proof)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
  });

  test('if the store fails, verification throws and does not accept', async () => {
    const useOnce = () => Promise.reject(new Error('database lost'));
    await expect(setUp({ useOnce }).verify(signed())).rejects.toThrow('database lost');
  });
});

test('nothing is thrown for any JSON that a key signed', async () => {
  const { reason } = setUp();
  const parts = fc.record({ header: fc.jsonValue(), payload: fc.jsonValue() });
  const property = fc.asyncProperty(parts, async ({ header: h, payload: p }) => {
    await reason(signEs256({ header: JSON.stringify(h), payload: JSON.stringify(p) }, privateKey));
  });
  await fc.assert(property, { numRuns: 200 });
});
