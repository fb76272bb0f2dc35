import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTextCache } from './text-cache.ts';

test('used values stay, and unused values are dropped', () => {
  const cache = makeTextCache<number>(12);
  cache.set('used', { value: 1, size: 2 });
  for (let n = 0; n < 50; n += 1) {
    cache.set(`other ${n}`, { value: n, size: 2 });
    expect(cache.get('used')).toBe(1);
  }
  expect(cache.get('other 0')).toBeUndefined();
  expect(cache.get('other 49')).toBe(49);
});

test('a newer value replaces an older one', () => {
  const cache = makeTextCache<number>(12);
  cache.set('a', { value: 1, size: 2 });
  cache.set('a', { value: 2, size: 3 });
  expect([cache.get('a'), cache.size]).toEqual([2, 3]);
});

test('a cache never holds more than its bound, and returns only what was put into it', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), size: fc.nat(12), get: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const cache = makeTextCache<number>(20);
      const put = new Map<string, number>();
      for (const [value, { key, size, get }] of steps.entries()) {
        if (get) expect([undefined, put.get(key)]).toContain(cache.get(key));
        else if (size <= 10) cache.set(key, { value, size });
        if (!get && size <= 10) put.set(key, value);
        expect(cache.size).toBeLessThanOrEqual(20);
      }
    }),
  );
});
