import { describe, expect, test } from 'vitest';
import { line } from './common.ts';

const isLine = (text: string, most = 20): boolean => line(most).safeParse(text).success;

describe('a line of text for people', () => {
  test.each([
    ['Persian with the joiner that its spelling needs', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['Hindi', '\u0915\u094d\u200d\u0937'],
    ['an emoji of several', '\u{1f469}\u200d\u{1f469}\u200d\u{1f467} team'],
    ['one with a colour and a sign', '\u{1f575}\u{1f3fd}\u200d\u2642\ufe0f'],
    ['a heart on fire', '\u2764\ufe0f\u200d\u{1f525}'],
  ])('may be %s', (_, text) => {
    expect(isLine(text)).toBe(true);
  });

  test.each([
    ['a joiner between Latin words', 'pay\u200c pal'],
    ['one at the start', '\u200dabc'],
    ['one at the end', 'abc\u200c'],
    ['two in a row', 'a\u200c\u200cb'],
    ['a zero-width space', 'a\u200bb'],
    ['an override of direction', 'a\u202eb'],
    ['an isolate', 'a\u2066b'],
    ['a line break', 'a\nb'],
    ['a line separator', 'a\u2028b'],
    ['NUL', 'a\0b'],
    ['a byte order mark', 'a\ufeffb'],
    ['a tag character', 'a\u{e0041}b'],
  ])('is never %s', (_, text) => {
    expect(isLine(text)).toBe(false);
  });

  test('is counted in characters as people count them', () => {
    const family = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}';
    expect(isLine(family.repeat(20), 20)).toBe(true);
    expect(isLine(family.repeat(21), 20)).toBe(false);
    expect(isLine(`e${'\u0301'.repeat(2000)}`, 20)).toBe(false);
  });
});
