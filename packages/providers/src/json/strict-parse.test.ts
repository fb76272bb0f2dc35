import { WritError } from '@writ/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JSON_LIMITS, parseJsonStrictly } from './strict-parse.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function codeOf(text: string, limits = JSON_LIMITS): string | undefined {
  try {
    parseJsonStrictly(bytes(text), limits);
    return undefined;
  } catch (error) {
    return error instanceof WritError ? error.code : String(error);
  }
}

describe('parseJsonStrictly', () => {
  test('reads what JSON.parse reads, however it is spaced', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (text, indent) => {
        fc.pre(!text.includes('__proto__') && text.isWellFormed() && !text.includes('\\u') && !text.includes('-0'));
        const value: unknown = JSON.parse(text);
        expect(parseJsonStrictly(bytes(JSON.stringify(value, null, indent)))).toEqual(value);
      }),
    );
  });

  test('refuses a member named twice wherever it is, whatever lies between', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.array(fc.constantFrom('list', 'object')), (a, b, wraps) => {
        fc.pre(!JSON.stringify([a, b]).includes('__proto__'));
        const twice = `{"k":${JSON.stringify(a)},"other":1,"\\u006b":${JSON.stringify(b)}}`;
        const text = wraps.reduce((inner, wrap) => (wrap === 'list' ? `[0,${inner}]` : `{"x":${inner}}`), twice);
        expect(codeOf(text)).toBe('request_not_canonical');
      }),
    );
  });

  test('takes equal names in different objects, and names that look like values', () => {
    for (const text of ['{"a":{"a":1},"b":{"a":1}}', '[{"a":1},{"a":1}]', '{"a":"a","b":["a","a"], "c":"b"}']) {
      expect(codeOf(text)).toBeUndefined();
      expect(codeOf(` ${text}`)).toBeUndefined();
    }
  });

  test.each<[string, string]>([
    ['1e400', 'request_not_canonical'],
    ['-1e400', 'request_not_canonical'],
    ['-0', 'request_not_canonical'],
    ['-0.0', 'request_not_canonical'],
    ['9007199254740993', 'request_not_canonical'],
    ['123456789012345678901234567890', 'request_not_canonical'],
    ['"\\udc00"', 'request_not_canonical'],
    ['{"__proto__":1}', 'request_not_canonical'],
    ['01', 'request_not_understood'],
    ['NaN', 'request_not_understood'],
    ['\ufeff1', 'request_not_understood'],
  ])('refuses %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test.each([
    '0',
    '-1',
    '1.0',
    '1e3',
    '0.1',
    '9007199254740991',
    '1.7976931348623157e308',
    '"\\ud83d\\ude00"',
    ' [ ] ',
  ])('takes %s', (text) => {
    expect(codeOf(text)).toBeUndefined();
  });

  test('refuses what is longer or deeper than its limits', () => {
    expect(codeOf('[[1]]', { bytes: 10, depth: 2 })).toBeUndefined();
    expect(codeOf('[[[1]]]', { bytes: 10, depth: 2 })).toBe('request_too_large');
    expect(codeOf('[ [[1]]]', { bytes: 10, depth: 2 })).toBe('request_too_large');
    expect(codeOf('"1234567890"', { bytes: 10, depth: 2 })).toBe('request_too_large');
    expect(codeOf('['.repeat(100_000) + ']'.repeat(100_000))).toBe('request_too_large');
  });
});
