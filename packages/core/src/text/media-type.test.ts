import { describe, expect, test } from 'vitest';
import { readMediaType } from './media-type.ts';

describe('a media type', () => {
  test.each([
    ['application/json', undefined],
    ['Application/JSON', undefined],
    ['application/json;', undefined],
    ['application/json ; ;', undefined],
    ['application/json; charset=utf-8', 'utf-8'],
    ['application/json;charset=UTF-8;', 'utf-8'],
    ['application/json; charset=utf8', 'utf-8'],
    ['application/json; charset="utf-8"', 'utf-8'],
    ['application/json; Charset = UTF8', 'utf-8'],
    [' application/json;\tcharset=utf-8 ', 'utf-8'],
    ['application/json; charset=utf-8; charset=utf-8', 'utf-8'],
  ])('%j is application/json', (value, charset) => {
    expect(readMediaType(value)).toEqual({ type: 'application/json', charset });
  });

  test.each([
    '',
    'json',
    'application/',
    'application/json, text/plain',
    'application/json text/plain',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=latin1',
    'application/json; charset="utf-8',
    'application/json; boundary=x',
    'application/json; charset=',
    'application/json\0',
  ])('%j is refused', (value) => {
    expect(readMediaType(value)).toBeUndefined();
  });
});
