import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JSON_LIMITS, JsonError, parseJsonObjectStrictly, parseJsonStrictly } from './strict-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function faultOf(input: string | Uint8Array, rules = JSON_LIMITS): string | undefined {
  try {
    parseJsonStrictly(input, rules);
    return undefined;
  } catch (error) {
    return error instanceof JsonError ? error.fault : String(error);
  }
}

describe('parseJsonStrictly', () => {
  test('reads what JSON.parse reads, with any white space', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (text, indent) => {
        fc.pre(!text.includes('__proto__') && text.isWellFormed() && !text.includes('\\u') && !text.includes('-0'));
        const value: unknown = JSON.parse(text);
        expect(parseJsonStrictly(bytes(JSON.stringify(value, null, indent)))).toEqual(value);
      }),
    );
  });

  test('refuses two members of one name at any depth, with other members between them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.array(fc.constantFrom('list', 'object')), (a, b, wraps) => {
        fc.pre(!JSON.stringify([a, b]).includes('__proto__'));
        const twice = `{"k":${JSON.stringify(a)},"other":1,"\\u006b":${JSON.stringify(b)}}`;
        const text = wraps.reduce((inner, wrap) => (wrap === 'list' ? `[0,${inner}]` : `{"x":${inner}}`), twice);
        expect(faultOf(text)).toBe('duplicate_member');
      }),
    );
  });

  test('accepts equal names in different objects, and names that look like values', () => {
    for (const text of ['{"a":{"a":1},"b":{"a":1}}', '[{"a":1},{"a":1}]', '{"a":"a","b":["a","a"], "c":"b"}']) {
      expect(faultOf(text)).toBeUndefined();
      expect(faultOf(` ${text}`)).toBeUndefined();
    }
  });

  test.each<[string, string]>([
    ['1e400', 'inexact_number'],
    ['-1e400', 'inexact_number'],
    ['-0', 'inexact_number'],
    ['-0.0', 'inexact_number'],
    ['9007199254740993', 'inexact_number'],
    ['123456789012345678901234567890', 'inexact_number'],
    ['"\\udc00"', 'lone_surrogate'],
    ['{"__proto__":1}', 'forbidden_member'],
    ['[{"\\u005f_proto__":1}]', 'forbidden_member'],
    ['"\ud800"', 'lone_surrogate'],
    ['01', 'not_json'],
    ['NaN', 'not_json'],
    ['\ufeff1', 'not_json'],
  ])('refuses %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
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
  ])('accepts %s', (text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  test('refuses a text that is longer or deeper than its limits', () => {
    expect(faultOf('[[1]]', { bytes: 10, depth: 2, numbers: 'exact' })).toBeUndefined();
    expect(faultOf('[[[1]]]', { bytes: 10, depth: 2, numbers: 'exact' })).toBe('too_deep');
    expect(faultOf('[ [[1]]]', { bytes: 10, depth: 2, numbers: 'exact' })).toBe('too_deep');
    expect(faultOf('"1234567890"', { bytes: 10, depth: 2, numbers: 'exact' })).toBe('too_large');
    expect(faultOf('['.repeat(100_000) + ']'.repeat(100_000))).toBe('too_deep');
  });

  test('refuses bytes that are not UTF-8, and ignores a byte order mark', () => {
    expect(faultOf(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toBe('not_utf8');
    expect(faultOf(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('not_utf8');
    expect(parseJsonStrictly(bytes('\ufeff{"a":1}'))).toEqual({ a: 1 });
    expect(faultOf(bytes('\ufeff\ufeff1'))).toBe('not_json');
  });

  test('accepts rounded numbers if the rules allow it, but no number that a double cannot come near', () => {
    const rounded = { ...JSON_LIMITS, numbers: 'rounded' } as const;
    expect(faultOf('[-0, 9007199254740993]', rounded)).toBeUndefined();
    expect(faultOf('[1e400]', rounded)).toBe('inexact_number');
  });

  test('keeps members with names that objects inherit as own members', () => {
    const value = parseJsonObjectStrictly('{"constructor":1,"toString":2,"hasOwnProperty":3}');
    expect(Object.entries(value)).toEqual([
      ['constructor', 1],
      ['toString', 2],
      ['hasOwnProperty', 3],
    ]);
  });

  test('tells what is wrong without repeating a value', () => {
    const secret = 'obviously-fake-secret';
    for (const text of [`{"a":"${secret}","a":1}`, `{"a":"${secret}"`, `{"a":"${secret}","b":-0}`]) {
      expect(() => parseJsonStrictly(text)).toThrow(JsonError);
      expect(() => parseJsonStrictly(text)).not.toThrow(secret);
    }
  });
});
