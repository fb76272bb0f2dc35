import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { Secret } from '@writ/core';
import { expect, test } from 'vitest';
import { clientSecretMatches, hashClientSecret, isClientSecret, newClientSecret } from './client-secret.ts';

const pepper = createSecretKey(randomBytes(32));

test('a new secret is recognisable, holds 256 random bits, and is not printed', () => {
  const secrets = Array.from({ length: 200 }, () => newClientSecret(randomBytes));
  for (const secret of secrets) {
    expect(secret.expose()).toMatch(/^writ_cs_[0-9A-Za-z]{49}$/);
    expect(isClientSecret(secret.expose())).toBe(true);
    expect(inspect(secret)).not.toContain(secret.expose());
  }
  expect(new Set(secrets.map((secret) => secret.expose())).size).toBe(200);
  const [low, high] = [0, 0xff].map((byte) => newClientSecret((size) => Buffer.alloc(size, byte)).expose());
  expect([low?.length, high?.length]).toEqual([57, 57]);
});

test('a text that only looks like a secret is noticed by its checksum', () => {
  const secret = newClientSecret(randomBytes).expose();
  for (let at = 0; at < secret.length; at += 1) {
    const other = secret.charAt(at) === 'A' ? 'B' : 'A';
    expect(isClientSecret(secret.slice(0, at) + other + secret.slice(at + 1))).toBe(false);
  }
  for (const text of ['', 'writ_cs_', secret.slice(0, -1), `${secret}0`, `${secret}\n`, ` ${secret}`, 'x'.repeat(57)]) {
    expect(isClientSecret(text)).toBe(false);
  }
});

test('only the same secret with the same pepper matches the stored hash', () => {
  const secret = newClientSecret(randomBytes);
  const remembered = { hash: hashClientSecret(secret, pepper), pepper };
  expect(clientSecretMatches(secret, remembered)).toBe(true);
  expect(clientSecretMatches(newClientSecret(randomBytes), remembered)).toBe(false);
  expect(clientSecretMatches(new Secret('', 'empty'), remembered)).toBe(false);
  const other = { ...remembered, pepper: createSecretKey(randomBytes(32)) };
  expect(clientSecretMatches(secret, other)).toBe(false);
});

test('a hash that is cut, empty or not hex matches nothing', () => {
  const secret = newClientSecret(randomBytes);
  const hash = hashClientSecret(secret, pepper);
  expect(hash).not.toContain(secret.expose());
  for (const wrong of ['', hash.slice(0, 62), 'zz', `${hash}00`]) {
    expect(clientSecretMatches(secret, { hash: wrong, pepper })).toBe(false);
  }
});
