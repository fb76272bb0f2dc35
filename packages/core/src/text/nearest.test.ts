import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['volumDelete', 'volumeDelete'],
  ['VOLUMEDELETE', 'volumeDelete'],
  ['production', undefined],
])('the nearest name to %s is %s', (name, expected) => {
  expect(nearest(name, ['volumeDelete', 'serviceDelete'])).toBe(expected);
});

/** Returns Levenshtein's distance, computed by its definition. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  if (a[0] === b[0]) return distance(a.slice(1), b.slice(1));
  return 1 + Math.min(distance(a.slice(1), b), distance(a, b.slice(1)), distance(a.slice(1), b.slice(1)));
}

test('the nearest name has the fewest edits, within a third of the length, although parts of the comparison are skipped', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C'), maxLength: 7 });
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 4 }), (name, candidates) => {
      const to = (candidate: string) => distance(name.toLowerCase(), candidate.toLowerCase());
      const most = Math.max(1, Math.floor(name.length / 3));
      const [first] = candidates.filter((one) => to(one) <= most).toSorted((a, b) => to(a) - to(b));
      expect(nearest(name, candidates)).toBe(first);
    }),
  );
});

test('the search for a suggestion is bounded', () => {
  let looked = 0;
  const endless = function* () {
    for (;;) {
      looked += 1;
      yield 'serviceDelete';
    }
  };
  expect(nearest('volumDelete', endless())).toBeUndefined();
  expect(looked).toBeLessThan(10_000);
  expect(nearest('x'.repeat(101), endless())).toBeUndefined();
});
