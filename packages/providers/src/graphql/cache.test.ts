import { expect, test } from 'vitest';
import { makeTextCache } from './cache.ts';

test('a cache never holds more than its bound, and drops what was used longest ago', () => {
  const cache = makeTextCache<number>(10);
  for (const key of ['a', 'b', 'c']) cache.set(key, { value: 1, size: 3 });
  expect(cache.get('a')).toBe(1);
  cache.set('d', { value: 2, size: 4 });
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([1, undefined, 1, 2]);
  expect(cache.size).toBe(10);
  cache.set('a', { value: 3, size: 1 });
  expect([cache.size, cache.get('a')]).toEqual([8, 3]);
  cache.set('huge', { value: 4, size: 11 });
  expect([cache.size, cache.get('huge')]).toEqual([8, undefined]);
});
