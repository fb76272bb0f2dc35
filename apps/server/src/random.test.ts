import { expect, test } from 'vitest';
import { pooledRandomBytes } from './random.ts';

test('every byte is given out once, in any size', () => {
  const random = pooledRandomBytes();
  const sizes = Array.from({ length: 2000 }, (_, index) => [16, 32, 12, 4096, 5000, 0][index % 6] ?? 0);
  const given = sizes.map((size) => random(size));
  expect(given.map(({ length }) => length)).toEqual(sizes);
  // 12 random bytes that come again would be a wonder.
  const beginnings = given
    .filter(({ length }) => length > 0)
    .map((bytes) => Buffer.from(bytes.slice(0, 12)).toString('hex'));
  expect(new Set(beginnings).size).toBe(beginnings.length);
  expect(given.every((bytes) => bytes.length === 0 || bytes.some((byte) => byte !== 0))).toBe(true);
});

test('what is done to the bytes that were given changes none that come', () => {
  const random = pooledRandomBytes();
  const first = random(16);
  first.fill(7);
  expect(Buffer.from(random(16)).equals(Buffer.from(first))).toBe(false);
});
