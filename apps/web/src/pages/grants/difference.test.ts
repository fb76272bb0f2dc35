import { expect, test } from 'vitest';
import type { Pair } from '../../parts/grant/words.ts';
import { differenceOf, diffLines, nothingText } from './difference.ts';

test('texts are compared line by line', () => {
  expect(diffLines('a\nb\nc', 'a\nx\nc\ny').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'same a',
    'gone b',
    'new x',
    'same c',
    'new y',
  ]);
  expect(diffLines('a', 'a')).toEqual([{ kind: 'same', text: 'a' }]);
  expect(diffLines('b\na', 'a\nb').every(({ kind }) => kind === 'same')).toBe(true);
});

const pair = (operation: string, more: Partial<Pair> = {}): Pair => ({
  operation,
  effect: 'write',
  environment: 'staging',
  outcome: 'allow',
  approve: false,
  hold_minutes: 0,
  narrowed: false,
  ...more,
});

test('what begins, what stops and what only differs is told apart; what a guardrail denies is not reached', () => {
  const before = [pair('kept'), pair('gone'), pair('narrowed'), pair('denied', { outcome: 'deny' })];
  const after = [
    pair('kept'),
    pair('narrowed', { narrowed: true }),
    pair('denied'),
    pair('kept', { environment: 'pr' }),
  ];
  const keys = (all: readonly { readonly key: string }[]) => all.map(({ key }) => key);
  const { begins, stops, differs } = differenceOf(before, after);
  expect(keys(begins)).toEqual(['staging denied:write', 'pr kept:write']);
  expect(keys(stops)).toEqual(['staging gone:write']);
  expect(keys(differs)).toEqual(['staging narrowed:write']);
});

test('nothing more is said only where what narrows and limits is the same too, and all was compared', () => {
  const nothing = 'Nothing more than before.';
  expect(nothingText(nothing, { isWhole: true, isTurned: false })).toBe(nothing);
  expect(nothingText(nothing, { isWhole: true, isTurned: true })).not.toContain('before');
  expect(nothingText(nothing, { isWhole: false, isTurned: false })).not.toContain('before');
});
