import { expect, test } from 'vitest';
import {
  conditionFrom,
  type Known,
  needsOf,
  questionsOf,
  shownFor,
  typedProblem,
  waiverOf,
  withTyped,
} from './conditions.ts';
import { emptyPart, type Part, scopeOf, withCondition } from './draft.ts';

const place = { operation: 'scale', path: 'input.replicas' };
const narrowed = withCondition(emptyPart('railway'), place, { at_most: 5 });
const [most] = narrowed.conditions;
const type = (part: Part, typed: string): Part => withTyped(part, part.conditions[0] ?? fail(), [typed], []);
const fail = (): never => {
  throw new Error('the condition is gone');
};
const seen = (part: Part) => {
  const one = part.conditions[0] ?? fail();
  return [shownFor(one), typedProblem(one, []), scopeOf(part).arguments];
};
const atMost = (value: number) => ({ scale: { 'input.replicas': { at_most: value } } });

test('what is typed stays as it was typed: while it is no value, it is said, and the condition is neither changed nor gone', () => {
  expect(seen(narrowed)).toEqual([['5'], undefined, atMost(5)]);
  const keys = ['', '1', '1.', '1.5', '1.5a'];
  expect(keys.map((key) => seen(type(narrowed, key)))).toEqual([
    [[''], 'Must be a number.', atMost(5)],
    [['1'], undefined, atMost(1)],
    [['1.'], undefined, atMost(1)],
    [['1.5'], undefined, atMost(1.5)],
    [['1.5a'], 'Must be a number.', atMost(5)],
  ]);
  const named = withCondition(emptyPart('railway'), place, { starts_with: 'a' });
  expect(seen(type(named, ''))).toEqual([
    [''],
    'Must not be empty.',
    { scale: { 'input.replicas': { starts_with: 'a' } } },
  ]);
  expect(most?.typed).toBeUndefined();
});

test('no item of a list is left out in silence', () => {
  expect(conditionFrom('one_of', ['1', '2'], 'number')).toEqual({ one_of: [1, 2] });
  expect(conditionFrom('one_of', ['1', 'two'], 'number')).toBeUndefined();
  expect(conditionFrom('one_of', [], 'text')).toBeUndefined();
});

test('a question is open until a condition answers it, or it was left open on purpose', () => {
  const question = 'How many at most?';
  const preset = {
    id: 'scale',
    title: 'Scale',
    description: '',
    operations: ['scale'],
    shared: false,
    needs: [{ ...place, comparison: 'at_most' as const, question, example: '3' }],
  };
  const operation = {
    name: 'scale',
    effect: 'write' as const,
    inputs: [{ path: 'input.replicas', type: 'number' as const, required: true }],
    raised_to: [],
  };
  const facts = { presets: [preset], operations: [operation] } as unknown as Known;
  const part = { ...emptyPart('railway'), operations: ['scale'] };
  const of = (one: Part, waived: readonly string[] = []) => questionsOf(one, facts, waived);
  const [need] = needsOf(part, facts);
  const waiver = need === undefined ? '' : waiverOf(part, need);
  expect(of(part)).toEqual({ unanswered: [question], leftOpen: [] });
  expect(of(part, [waiver])).toEqual({ unanswered: [], leftOpen: [question] });
  // What was left open in one place is asked anew in another.
  expect(of({ ...part, environments: ['production'] }, [waiver])).toEqual({ unanswered: [question], leftOpen: [] });
  expect(of({ ...part, connection: 'other' }, [waiver])).toEqual({ unanswered: [question], leftOpen: [] });
  expect(of(withCondition(part, place, { at_most: 3 }))).toEqual({ unanswered: [], leftOpen: [] });
});
