import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentMap } from './recent.ts';

test('the entry that was used longest ago is forgotten first, and returned', () => {
  const map = new RecentMap<number>(2);
  expect([map.add('a', 1), map.add('b', 2)]).toEqual([undefined, undefined]);
  expect([map.get('a'), map.peek('b')]).toEqual([1, 2]);
  expect(map.add('c', 3)).toBe(2);
  expect([map.peek('a'), map.peek('b'), map.peek('c'), map.values()]).toEqual([1, undefined, 3, [1, 3]]);
  map.clear();
  expect([map.get('a'), map.add('d', 4), map.values()]).toEqual([undefined, undefined, [4]]);
});

test('it keeps the same entries as a map in which each used key is deleted and added again', () => {
  const uses = fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 60 });
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), uses, (most, keys) => {
      const [map, plain] = [new RecentMap<string>(most), new Map<string, string>()];
      for (const key of keys) {
        const known = plain.delete(key);
        plain.set(key, key);
        const [oldest = ''] = plain.keys();
        const forgotten = plain.size > most && plain.delete(oldest) ? oldest : undefined;
        expect(map.get(key)).toBe(known ? key : undefined);
        if (!known) expect(map.add(key, key)).toBe(forgotten);
      }
      expect(new Set(map.values())).toEqual(new Set(plain.keys()));
    }),
  );
});
