import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inert } from '../text/inert.ts';
import { type ArgumentCondition, argumentConditionSchema } from './detail.ts';
import { limitText } from './limit.ts';
import {
  comparisonText,
  conditionLine,
  durationText,
  joinPieces,
  lineText,
  readComparison,
  readCondition,
  readDuration,
  readExpiry,
  readLimit,
  readLineText,
} from './written.ts';

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    '5',
    'true',
    ' x',
    'a, b',
    '"q"',
    '-1.5',
    'x"y',
    '.example.com',
    '\n',
    '1e3',
    '\\',
    '1e+21',
    '\u202e',
    '\u{61}',
    'é',
  ),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }));
const operand = fc.oneof(text, fc.integer(), fc.boolean(), fc.constantFrom(1e21, 1.5e-7));
const names = fc.oneof(fc.constantFrom('create', 'repos/delete', 'input.x', 'a b', '"q"', 'x"y', 'a,b=c'), text);
const condition: fc.Arbitrary<ArgumentCondition> = fc.oneof(
  operand.map((equals) => ({ equals })),
  fc.array(operand, { minLength: 1, maxLength: 4 }).map((one_of) => ({ one_of })),
  text.map((starts_with) => ({ starts_with })),
  text.map((ends_with) => ({ ends_with })),
  number.map((at_least) => ({ at_least: at_least + 0 })),
  number.map((at_most) => ({ at_most: at_most + 0 })),
);

test('every condition is written so that the same one is read', () => {
  fc.assert(
    fc.property(names, names, condition, (operation, path, one) => {
      expect(argumentConditionSchema.parse(one)).toEqual(one);
      const line = conditionLine({ operation, path, condition: one });
      expect(readCondition(line)).toEqual({ operation, path, condition: one });
      expect(line).toBe(inert(line));
    }),
    { numRuns: 1000 },
  );
});

test('a line of text is written so that the same is read, and all of it is seen', () => {
  fc.assert(
    fc.property(names, (one) => {
      expect(readLineText(lineText(one))).toBe(one);
      expect(lineText(one)).toBe(inert(lineText(one)));
    }),
    { numRuns: 1000 },
  );
  expect(lineText('service:a/b, c=d')).toBe('service:a/b, c=d');
});

test.each([
  ['equals 5', { equals: 5 }],
  ['equals "5"', { equals: '5' }],
  ['one_of 1, two, "a, b"', { one_of: [1, 'two', 'a, b'] }],
  ['ends_with .example.com', { ends_with: '.example.com' }],
  ['at_most 8', { at_most: 8 }],
  // The short name of a commit is no number, however much it looks like one.
  ['equals 1234e56', { equals: '1234e56' }],
])('%s is read', (line, expected) => {
  const [word = '', ...value] = line.split(' ');
  expect(readComparison(word, value.join(' '))).toEqual(expected);
  expect(comparisonText(expected)).toBe(line);
});

test('what is no condition, limit, duration or moment is none', () => {
  for (const line of ['', 'x', 'x a', 'x a equals', 'x a like y', 'x a at_least much', 'x a one_of ,'])
    expect(readCondition(line), line).toBeUndefined();
  for (const line of ['5', '5 x', '0 x per day', '5 x per year', 'five x per day'])
    expect(readLimit(line), line).toBeUndefined();
  for (const line of ['', '5', '1w', '-1h']) expect(readDuration(line), line).toBeUndefined();
  expect(readExpiry('soon', 0)).toBeUndefined();
});

test('limits, durations and expiries are read as they are written', () => {
  for (const line of ['5 *:destroy per day', '50000 in body.amount of PostRefunds per week']) {
    const limit = readLimit(line);
    expect(limit && limitText(limit)).toBe(line);
  }
  for (const written of ['90s', '15m', '12h', '30d']) expect(durationText(readDuration(written) ?? 0)).toBe(written);
  expect(readExpiry('2d', 0)).toBe('1970-01-03T00:00:00.000Z');
  expect(readExpiry('2026-12-31T13:00:00+01:00', 0)).toBe('2026-12-31T12:00:00.000Z');
});

test('pieces that say the same become one scope', () => {
  const piece = (environment: string, operation: string) => ({ connection: 'acme', environment, operation });
  expect(joinPieces([piece('a', 'x'), piece('b', 'x'), piece('b', 'y'), piece('c', 'y'), piece('c', 'x')])).toEqual([
    { connection: 'acme', environments: ['a'], operations: ['x'] },
    { connection: 'acme', environments: ['b', 'c'], operations: ['x', 'y'] },
  ]);
});
