import { createSecretKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { dpopChallenge } from './challenge.ts';
import { createDpopNonces } from './nonce.ts';
import { normaliseTarget } from './target.ts';

const START = 1_800_000_000_000;
const nonces = createDpopNonces(createSecretKey(Buffer.alloc(32, 1)));

test('a nonce is good at every broker with the key, for at least two and a half and at most five minutes', () => {
  const nonce = nonces.issue(START);
  const other = createDpopNonces(createSecretKey(Buffer.alloc(32, 1)));
  for (const seconds of [0, 149, 150, 299]) expect(other.accepts(nonce, START + seconds * 1000)).toBe(true);
  for (const seconds of [300, 301, 100_000, -1]) expect(other.accepts(nonce, START + seconds * 1000)).toBe(false);
});

test('a nonce of another key, or a text that is no nonce, is not good', () => {
  const other = createDpopNonces(createSecretKey(Buffer.alloc(32, 2)));
  expect(nonces.accepts(other.issue(START), START)).toBe(false);
  expect(nonces.accepts('', START)).toBe(false);
  expect(nonces.accepts(`${nonces.issue(START)}x`, START)).toBe(false);
});

test('a challenge names the algorithms', () => {
  expect(dpopChallenge({ error: 'use_dpop_nonce' })).toBe(
    'DPoP error="use_dpop_nonce", algs="ES256 EdDSA Ed25519 PS256 RS256"',
  );
  expect(dpopChallenge({ resource_metadata: 'https://w.example/x' })).toBe(
    'DPoP algs="ES256 EdDSA Ed25519 PS256 RS256", resource_metadata="https://w.example/x"',
  );
});

test.each<[string, string | undefined]>([
  ['https://A.example:443/x/../y/%7Eme/%2f?q#f', 'https://a.example/y/~me/%2F'],
  ['http://a.example:80', 'http://a.example/'],
  ['http://[::1]:8700/x', 'http://[::1]:8700/x'],
  ['ftp://a.example/', undefined],
  ['https:///a.example/', undefined],
  ['https:a.example', undefined],
  ['https://a.example/ x', undefined],
  ['https://user@a.example/', undefined],
  [`https://a.example/${'x'.repeat(9000)}`, undefined],
])('%s is normalised to %s', (text, wanted) => {
  expect(normaliseTarget(text)).toBe(wanted);
});
