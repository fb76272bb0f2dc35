import { isJsonObject } from '@writ/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rejectionReason } from './rejection.ts';
import { parseStrictObject } from './strict-json.ts';

function reasonFor(text: string): string | undefined {
  try {
    parseStrictObject(text);
    return undefined;
  } catch (error) {
    return rejectionReason(error);
  }
}

test('a value written as JSON is read unchanged, with any white space', () => {
  const objects = fc.jsonValue({ maxDepth: 6 }).filter(isJsonObject);
  const plain = objects.filter((value) => !JSON.stringify(value).includes('__proto__'));
  const same = fc.property(plain, fc.constantFrom(0, 1, '\t'), (value, space) => {
    const text = JSON.stringify(value, null, space);
    expect(parseStrictObject(text)).toEqual(JSON.parse(text));
  });
  fc.assert(same, { numRuns: 500 });
});

test.each([
  '{"a":":","b":"\\":"}',
  '{"a":"\\\\","b":1}',
  '{"a":"a","b":["a","a",{"a":1}]}',
  '{"":1,"a":{"":1}}',
  '{"a" : 1, "b"\n:\t{"a":1}}',
  '{"constructor":1,"toString":2,"hasOwnProperty":3}',
])('%s is no duplicate', (text) => {
  expect(reasonFor(text)).toBeUndefined();
});

test.each([
  ['{"a":1,"a":1}', 'duplicate_member'],
  ['{"a":1,"\\u0061":1}', 'duplicate_member'],
  ['{"a":1,"b":{"a":1},"a" \n:1}', 'duplicate_member'],
  ['{"a":[{"b":1,"b":1}]}', 'duplicate_member'],
  ['{"\\"":1,"\\u0022":1}', 'duplicate_member'],
  ['{"":1,"":1}', 'duplicate_member'],
  ['{"\\u005f_proto__":1}', 'forbidden_member'],
  [`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, 'too_deep'],
  ['{"a":"\\u0000"}', 'forbidden_text'],
  ['{"a":[{"\\u0000":1}]}', 'forbidden_text'],
  ['{"a":"\\ud800"}', 'lone_surrogate'],
  ['{"exp":1e400}', 'inexact_number'],
  ['[]', 'not_json'],
  ['{"a":1}}', 'not_json'],
  ["{'a':1}", 'not_json'],
  ['', 'not_json'],
])('%s is refused: %s', (text, reason) => {
  expect(reasonFor(text)).toBe(reason);
});
