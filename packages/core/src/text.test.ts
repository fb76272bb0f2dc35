import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCompact } from './compact.ts';
import { connectionSlugSchema, environmentSlugSchema } from './environment.ts';
import { isId, makeId } from './id.ts';
import { inert, inertLine } from './inert.ts';
import { nearest } from './nearest.ts';

test.each([
  ['a\u001b[31mred', 'a\\u{1b}[31mred'],
  ['line\r\nInjected: header', 'line\\u{d}\\u{a}Injected: header'],
  ['\u202egnp.exe', '\\u{202e}gnp.exe'],
  ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['lone\ud800', 'lone\\u{d800}'],
  ['Zürich, 東京 — fine', 'Zürich, 東京 — fine'],
])('%j is made inert', (text, expected) => {
  expect(inert(text)).toBe(expected);
});

test('inert text holds no control, format or unassigned character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(inert(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('a long line is cut with an ellipsis', () => {
  expect(inertLine('abcdef', 4)).toBe('abc…');
  expect(inertLine('abcd', 4)).toBe('abcd');
  expect(inertLine('ab\u{1f600}cd', 4)).toBe('ab…');
});

test.each([
  ['railway/staging/customDomain*', { connection: 'railway', environment: 'staging', operation: 'customDomain*' }],
  ['github/shared/repos/delete', { connection: 'github', environment: 'shared', operation: 'repos/delete' }],
  ['railway/staging', undefined],
  ['railway//x', undefined],
  ['/staging/x', undefined],
  ['railway/staging/', undefined],
])('the compact form %s is read', (text, expected) => {
  expect(parseCompact(text)).toEqual(expected);
});

test.each([
  ['volumDelete', 'volumeDelete'],
  ['VOLUMEDELETE', 'volumeDelete'],
  ['production', undefined],
])('the nearest name to %s is %s', (name, expected) => {
  expect(nearest(name, ['volumeDelete', 'serviceDelete'])).toBe(expected);
});

/** Levenshtein's distance as it is defined. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  if (a[0] === b[0]) return distance(a.slice(1), b.slice(1));
  return 1 + Math.min(distance(a.slice(1), b), distance(a, b.slice(1)), distance(a.slice(1), b.slice(1)));
}

test('the nearest name is the one of the fewest edits, within a third of the length, with anything left out of the comparison', () => {
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

test('what is looked through for a suggestion is bounded', () => {
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

test('an id carries its kind, sorts by time and is never taken for another kind', () => {
  const randomBytes = (size: number) => new Uint8Array(size).fill(7);
  const early = makeId('grant', { now: 1_000, randomBytes });
  const late = makeId('grant', { now: 2_000, randomBytes });
  expect(early < late).toBe(true);
  expect(isId('grant', early)).toBe(true);
  expect(isId('task', early)).toBe(false);
  expect(isId('grant', `${early}\n`)).toBe(false);
});

test.each(['a', 'railway', 'my-app-2', 'a'.repeat(63)])('%s is a connection slug', (slug) => {
  expect(connectionSlugSchema.safeParse(slug).success).toBe(true);
});
test.each(['', 'A', '-a', 'a-', 'a.b', 'a_b', 'a'.repeat(64), 'a\n'])('%j is no connection slug', (slug) => {
  expect(connectionSlugSchema.safeParse(slug).success).toBe(false);
});
test.each([
  ['rentals.staging', true],
  ['a..b', false],
  ['.a', false],
  ['*', false],
])('%s as an environment slug: %s', (slug, good) => {
  expect(environmentSlugSchema.safeParse(slug).success).toBe(good);
});
