import { expect, test } from 'vitest';
import { type Draft, emptyDraft, type Part } from '../../parts/grant/draft.ts';
import type { Pair } from '../../parts/grant/words.ts';
import { differenceOf, diffLines, isNarrowedAlike, nothingText } from './difference.ts';

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
  const draft = (part: Partial<Part>, more: Partial<Draft> = {}): Draft => {
    const base = emptyDraft('agent', 'railway');
    return { ...base, parts: base.parts.map((each) => ({ ...each, ...part })), ...more };
  };
  const resources = ['service/a', 'service/b'];
  const before = draft({ resources });
  expect(isNarrowedAlike(before, draft({ resources: [...resources].reverse() }, { name: 'other' }))).toBe(true);
  const wider = [
    draft({ resources: [...resources, 'service/c'] }),
    draft({ resources, conditions: [{ operation: 'deploy', path: 'input.name', condition: { equals: 'x' } }] }),
    draft({ resources, limits: [{ operations: 'deploy', max: 2, per: 'hour' }] as unknown as Part['limits'] }),
    draft({ resources }, { max_ttl_seconds: 900 }),
    draft({ resources }, { expires_at: '2030-01-01T00:00:00Z' }),
  ];
  for (const after of wider) expect(isNarrowedAlike(before, after)).toBe(false);
  const nothing = 'Nothing more than before.';
  expect(nothingText(nothing, { isWhole: true, isAlike: true })).toBe(nothing);
  expect(nothingText(nothing, { isWhole: true, isAlike: false })).toBe('What it is narrowed by changed: see the text.');
  expect(nothingText(nothing, { isWhole: false, isAlike: true })).not.toContain('before');
});
