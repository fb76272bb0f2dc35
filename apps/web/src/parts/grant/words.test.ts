import { describe, expect, test } from 'vitest';
import { outcomeDetail } from '../rule-words.ts';
import { emptyPart } from './draft.ts';
import { broadReasons, meaningOf, type Operation, previewSentences } from './words.ts';

const operation = (name: string, effect: Operation['effect'], raised_to: Operation['raised_to'] = []) =>
  ({ name, effect, raised_to, override: null, admitted: false, why: `does ${name}` }) as unknown as Operation;
const catalog = [
  operation('customDomain', 'read'),
  operation('customDomainCreate', 'write'),
  operation('customDomainDelete', 'destroy'),
  operation('volumeInstanceUpdate', 'write', ['destroy']),
  operation('apiTokenCreate', 'escalate'),
  { ...operation('service', 'read'), override: { effect: 'reveal' as const, note: '' } },
];

test.each([
  ['customDomainCreate', 'Does customDomainCreate.', 1],
  ['volumeInstanceUpdate', 'Does volumeInstanceUpdate. Not where arguments make it destroy.', 1],
  ['volumeInstanceUpdate:destroy', 'This operation when its arguments make it destroy, and no other use of it.', 1],
  ['customDomain*', '2 operations that read or write. Never the 1 that destroys: those are named.', 2],
  ['*:read', '1 operation that reads.', 1],
  ['*:destroy', '2 operations that destroy, each of them, whatever it is.', 2],
  [
    'apiToken*',
    'Covers nothing: what it matches can only escalate, and must be named or asked for by its effect, as apiToken*:escalate.',
    0,
  ],
  ['nothing*', 'Matches no operation of the catalog.', 0],
  ['service:reveal', 'Does service.', 1],
])('%s means: %s', (selector, sentence, covered) => {
  const meaning = meaningOf(selector, catalog);
  expect([meaning.sentence, meaning.covered.length]).toEqual([sentence, covered]);
});

const count = (environment: string, effect: Operation['effect'], more: object = {}) => ({
  environment,
  effect,
  outcome: 'allow' as const,
  approve: false,
  hold_minutes: 0,
  operations: 3,
  narrowed: 0,
  ...more,
});

test('a preview is told by environment, with what comes before it happens, and what never does', () => {
  const impossible = [
    { effect: 'read' as const, refused: 0, all: 3 },
    { effect: 'reveal' as const, refused: 2, all: 2 },
    { effect: 'execute' as const, refused: 0, all: 0 },
    { effect: 'escalate' as const, refused: 4, all: 4 },
  ];
  const asks = { outcome: 'hold', approve: true, hold_minutes: 60, operations: 1 };
  const summary = [
    count('shared', 'read'),
    count('staging', 'read'),
    count('production', 'write', { narrowed: 1 }),
    count('production', 'destroy', asks),
    count('production', 'execute', { outcome: 'deny', operations: 2 }),
  ];
  expect(previewSentences('fixer', { summary, impossible })).toEqual([
    'In shared and staging, fixer may read (3 operations).',
    "In production, fixer may write (3 operations, 1 of them only as narrowed) and destroy (1 operation) after a person's yes and 60 min in which it can be cancelled; 2 operations are refused by a guardrail.",
    'By this grant it may nowhere reveal secrets or escalate.',
  ]);
  expect(previewSentences('fixer', { summary: [], impossible })).toEqual(['fixer could do nothing with it.']);
  expect(outcomeDetail({ ...count('x', 'destroy', asks), quorum: 2 })).toBe('2 people, then waits 60 min');
  expect(outcomeDetail(count('x', 'read'))).toBeUndefined();
});

describe('a broad grant is told to be one', () => {
  const isProtected = new Set(['shared', 'production']);
  const facts = { part: emptyPart('railway'), summary: [], isProtected, expires_at: undefined, waived: [] };
  const reasons = (environments: string[], operations: string[], more: object = {}) =>
    broadReasons({ ...facts, part: { ...facts.part, environments, operations }, ...more });

  test('and a narrow one is not', () => {
    expect(reasons(['staging', 'production'], ['*:read', 'customDomainCreate', 'volumeDelete'])).toEqual([]);
    expect(reasons(['staging'], ['customDomain*'], { summary: [count('staging', 'write')] })).toEqual([]);
  });

  test('by its environments, its patterns, an end that it lacks, a question that was left open', () => {
    expect(reasons(['*'], ['*:read'])).toEqual([expect.stringContaining('every environment')]);
    expect(reasons(['staging'], ['*:destroy', '*'])).toEqual([
      '*:destroy lets it destroy by whatever operation there is, unnamed.',
      '* covers everything that writes.',
    ]);
    expect(reasons(['production'], ['custom*'], { summary: [count('production', 'write')] })).toEqual([
      expect.stringContaining('without naming'),
    ]);
    const destroys = { summary: [count('production', 'destroy')] };
    expect(reasons(['production'], ['volumeDelete'], destroys)).toEqual([
      'It may destroy in production, and never ends.',
    ]);
    expect(reasons(['production'], ['volumeDelete'], { ...destroys, expires_at: '2026-12-01T00:00:00Z' })).toEqual([]);
    expect(reasons(['staging'], ['x'], { waived: ['Which domains?'] })).toEqual([
      expect.stringContaining('Which domains?'),
    ]);
  });
});
