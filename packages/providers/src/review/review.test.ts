/** What arguments and owners make of a review: only ever a worse effect; and which things a call names. */
import type { Effect } from '@writ/core';
import { expect, test } from 'vitest';
import { idAt, idsAt } from './arguments.ts';
import { overrideOperation, overridesKey, raised } from './overrides.ts';
import { raisedBy, raisedTo } from './raise.ts';
import type { OperationReview } from './review.ts';

test('arguments raise an effect to the worst that any of them does, and never lower it', () => {
  const raises = [
    { when: { path: 'state', one_of: ['DELETED'] }, to: 'destroy' },
    { when: { path: 'image', is: 'present' }, to: 'execute' },
    { when: { path: 'note', is: 'present' }, to: 'read' },
  ] as const;
  const by = (values: object, effect: Effect = 'write') => raisedBy({ ...values }, { effect, raises });
  expect(by({})).toBe('write');
  expect(by({ note: 'x' })).toBe('write');
  expect(by({ image: 'x' })).toBe('execute');
  expect(by({ image: 'x', state: 'DELETED' })).toBe('destroy');
  expect(by({ image: 'x' }, 'escalate')).toBe('escalate');
  expect(raisedBy({ image: 'x' }, { effect: 'write' })).toBe('write');
});

test('what arguments can raise an effect to is told once each, mildest first', () => {
  const to = (...effects: Effect[]) => effects.map((effect) => ({ to: effect }));
  expect(raisedTo('write', to('escalate', 'read', 'reveal', 'destroy', 'write', 'reveal', 'execute'))).toEqual([
    ...['reveal', 'execute', 'destroy', 'escalate'],
  ]);
  expect(raisedTo('escalate', to('destroy'))).toEqual([]);
  expect(raisedTo('read', undefined)).toEqual([]);
});

test('an owner raises an effect and never lowers one; what nobody reviewed reaches everything', () => {
  const known: OperationReview = { effect: 'execute', reach: { in: 'resource' }, why: 'reviewed' };
  const under = (effect: Effect, review?: OperationReview) =>
    overrideOperation(review, { name: 'x', overrides: new Map([['x', effect]]) });
  expect(under('destroy', known)).toEqual({ ...known, effect: 'destroy' });
  for (const effect of ['read', 'execute'] as const) expect(under(effect, known)).toBe(known);
  expect(under('read')).toEqual({
    effect: 'read',
    reach: { in: 'everything' },
    why: 'Not reviewed; the effect was given by an owner.',
  });
  const others = { name: 'x', overrides: new Map<string, Effect>([['y', 'destroy']]) };
  expect([overrideOperation(known, others), overrideOperation(undefined, others)]).toEqual([known, undefined]);
  expect(raised({ effect: 'read', note: 1 }, 'write')).toEqual({ effect: 'write', note: 1 });
});

test('overrides are the same in any order, and others are others', () => {
  const key = (...entries: [string, Effect][]) => overridesKey(new Map(entries));
  const same = [
    ['a', 'read'],
    ['b', 'write'],
    ['c', 'destroy'],
  ] as [string, Effect][];
  expect(key(...same.toReversed())).toBe(key(...same));
  expect(key(...same)).toBe('[["a","read"],["b","write"],["c","destroy"]]');
  expect(key()).toBe('');
  const keys = [key(), key(['a', 'read']), key(['a', 'write']), key(['b', 'read']), key(...same)];
  expect(new Set(keys).size).toBe(keys.length);
});

test('an id is text or a number, once each; anything else leaves the call unresolved, and so do several for one', () => {
  expect(idsAt({ ids: ['a', 1, null, 'a'] }, 'ids[]')).toEqual(['a', '1']);
  expect(idAt({ id: 7 }, 'id')).toBe('7');
  expect([idAt({}, 'id'), idAt({ id: null }, 'id')]).toEqual([undefined, undefined]);
  const unresolved = (message: string) => expect.objectContaining({ code: 'environment_unresolved', message });
  for (const id of ['', true, {}]) {
    expect(() => idAt({ id }, 'id')).toThrow(unresolved('The argument id is no id.'));
  }
  const several = unresolved('The argument ids[] names several things where it should name one.');
  expect(() => idAt({ ids: ['a', 'b'] }, 'ids[]')).toThrow(several);
  expect(idAt({ ids: ['a', 'a'] }, 'ids[]')).toBe('a');
});
