import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, WrittenJson } from './canonical-json.ts';
import { digestOf } from './digest.ts';

test.each([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  ],
  [[333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
  ['\u20ac$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'],
  [{ a: undefined, b: 1 }, '{"b":1}'],
])('writes %j as RFC 8785 says', (value, expected) => {
  expect(canonicalJson(value)).toBe(expected);
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['\ud800'], [1n], [() => 1], [Symbol('x')], [undefined]])(
  'refuses what JSON cannot say: %s',
  (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  },
);

test('reads back as the same value, and does not depend on the order of members', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
});

test.each([5, 32, 33, 200])('sorts %i members by UTF-16 code units, from any order', (count) => {
  const name = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: count, maxLength: count }), (names) => {
      const text = canonicalJson(Object.fromEntries(names.map((each) => [each, 0])));
      const sorted = names.toSorted((one, other) => (one < other ? -1 : 1));
      expect(text).toBe(`{${sorted.map((each) => `${JSON.stringify(each)}:0`).join(',')}}`);
    }),
    { numRuns: 20 },
  );
});

describe('a value that is written once', () => {
  test('gives the same text inside another value as it would without being written before, and is the plain value for JSON.stringify', () => {
    const inner = { b: [1, { d: 'x"', c: null }], a: 'é' };
    const written = new WrittenJson(inner);
    expect(canonicalJson({ z: written, y: [written] })).toBe(canonicalJson({ z: inner, y: [inner] }));
    expect(JSON.parse(JSON.stringify({ written }))).toEqual({ written: inner });
  });
});
