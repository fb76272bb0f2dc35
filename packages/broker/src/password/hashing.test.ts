import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createHashing, limited, needsRehash } from './hashing.ts';

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

test('more than can wait are turned away at once; the others have their turn in the order they came', async () => {
  const run = limited(2);
  const begun: number[] = [];
  const gates: (() => void)[] = [];
  const answers = Array.from({ length: 70 }, (_, at) =>
    run(async () => {
      begun.push(at);
      await new Promise<void>((resolve) => gates.push(resolve));
      if (at === 1) throw new RangeError('a fault');
      return at;
    }),
  );
  const settled = Promise.allSettled(answers);
  await expect(Promise.race(answers)).rejects.toMatchObject({ code: 'unavailable', extras: { retry_after: 5 } });
  expect(begun).toEqual([0, 1]);
  // Those that end let one go on each, and one that fails does too.
  while (gates.length > 0) {
    gates.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const all = Array.from({ length: 66 }, (_, at) => at);
  expect(begun).toEqual(all);
  const states = (await settled).map(({ status }) => status);
  expect(all.filter((at) => states[at] === 'rejected')).toEqual([1]);
  expect(states.slice(66)).toEqual(Array(4).fill('rejected'));
});

test('a password waits for a free lane', async () => {
  let asked = 0;
  const pepper = (): Uint8Array => {
    asked += 1;
    return randomBytes(32);
  };
  const hashing = createHashing({ pepper, lanes: 1, randomBytes });
  const hashes = Array.from({ length: 3 }, () => hashing.hash('not a real password'));
  expect(asked).toBe(1);
  await Promise.all(hashes);
  expect(asked).toBe(3);
});
