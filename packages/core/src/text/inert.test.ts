import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inert, inertLine } from './inert.ts';

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
