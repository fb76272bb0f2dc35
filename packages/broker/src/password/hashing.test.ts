import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createHashing, needsRehash } from './hashing.ts';

const make = (pepper = randomBytes(32)) => createHashing({ pepper: () => pepper, lanes: 1, randomBytes });

test('a password is hashed by argon2id at the agreed cost, and only itself matches', async () => {
  const hashing = make();
  const hash = await hashing.hash('not a real password é');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  expect(await hashing.verify('not a real password é', hash)).toBe(true);
  expect(await hashing.verify('not a real password e\u0301', hash)).toBe(true);
  expect(await hashing.verify('not a real password e', hash)).toBe(false);
  expect(needsRehash(hash)).toBe(false);
  expect(needsRehash(hash.replace('t=3', 't=2'))).toBe(true);
});

test('a stolen hash is worth nothing without the key file', async () => {
  const hash = await make().hash('not a real password');
  expect(await make().verify('not a real password', hash)).toBe(false);
});

test('a hash by a replaced key is compared with that key, and is to be made anew', async () => {
  const [old, current] = [randomBytes(32), randomBytes(32)];
  const hash = `local_old:${await make(old).hash('not a real password')}`;
  const peppers = (kek_id?: string) => (kek_id === 'local_old' ? old : current);
  const hashing = createHashing({ pepper: peppers, lanes: 1, randomBytes });
  expect(await hashing.verify('not a real password', hash)).toBe(true);
  expect(await hashing.verify('not a real passwort', hash)).toBe(false);
  expect(await make(current).verify('not a real password', hash)).toBe(false);
  expect(needsRehash(hash)).toBe(true);
});

test('an unknown user costs a hash too, and never matches', async () => {
  const hashing = make();
  expect(await hashing.verify('not a real password', undefined)).toBe(false);
});

test('more than can wait are turned away at once', async () => {
  const hashing = make();
  const answers = await Promise.allSettled(Array.from({ length: 70 }, (_, at) => hashing.hash(at < 66 ? 'x' : 'y')));
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(5);
  expect(refused[0]).toMatchObject({ reason: { code: 'unavailable', extras: { retry_after: 5 } } });
}, 60_000);
