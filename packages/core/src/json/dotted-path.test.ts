import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathSteps, replaceAt, valuesAt } from './dotted-path.ts';
import type { JsonValue } from './json.ts';

test('a path consists of names and lists', () => {
  expect(pathSteps('input.rows[][].a[b]')).toEqual([
    { name: 'input', lists: 0 },
    { name: 'rows', lists: 2 },
    { name: 'a[b]', lists: 0 },
  ]);
});

const rows: JsonValue = { rows: [[{ id: 1 }, { id: 2 }], [{ id: 3 }]], one: { id: 4 }, none: [], text: 'x' };

describe('a path read exactly enters lists only where it says so', () => {
  test.each<[string, readonly unknown[]]>([
    ['rows[][].id', [1, 2, 3]],
    ['rows[].id', [undefined, undefined]],
    ['rows.id', [undefined]],
    ['one.id', [4]],
    ['one[].id', [undefined]],
    ['none[]', [undefined]],
    ['none[].id', [undefined]],
    ['text[]', [undefined]],
    ['absent.id', [undefined]],
    ['*.id', [undefined]],
    ['toString', [undefined]],
  ])('%s', (path, found) => {
    expect(valuesAt(rows, path, 'exact')).toEqual(found);
  });
});

describe('a path read in any shape finds everything, in every way of writing the path', () => {
  test.each<[string, readonly unknown[]]>([
    ['rows[][].id', [1, 2, 3]],
    ['rows[].id', [1, 2, 3]],
    ['rows.id', [1, 2, 3]],
    ['one.id', [4]],
    ['one[].id', [4]],
    ['none', [[]]],
    ['none[]', []],
    ['none[].id', []],
    ['text[]', ['x']],
    ['absent.id', [undefined]],
    ['one.*', [4]],
    ['*.id', [1, 2, 3, 4, undefined]],
    ['toString', [undefined]],
  ])('%s', (path, found) => {
    expect(valuesAt(rows, path)).toEqual(found);
  });

  test('in any shape, exactly the values that are found are replaced', () => {
    const names = fc.constantFrom('a', 'b', 'a[]', 'b[]', 'a[][]', '*', '*[]');
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<JsonValue>('x', 1, true),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b'), tie('value')),
      ),
    })).value as fc.Arbitrary<JsonValue>;
    const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('.'));
    fc.assert(
      fc.property(json, paths, (values, path) => {
        const there = (value: JsonValue | undefined): boolean => value !== undefined;
        const before = valuesAt(values, path).filter(there);
        let replaced = 0;
        const after = replaceAt(values, path, (value) => {
          replaced += 1;
          expect(before).toContainEqual(value);
          return 'hidden';
        });
        expect(replaced).toBe(before.length);
        expect(valuesAt(after, path).filter(there)).toEqual(before.map(() => 'hidden'));
      }),
    );
  });
});
