/** Guardrails: the strictest of the rules for a pair, and the rules that decided. */
import { expect, test } from 'vitest';
import type { Guardrail, Outcome } from '../scope/guardrail.ts';
import { guardPair } from './guard.ts';

const STAGING = { slug: 'staging', kind: 'other' } as const;
const DELETE = { name: 'volumeDelete', effect: 'destroy', base_effect: 'destroy' } as const;
const rule = (environments: string, operations: string, outcome: Outcome, hold_minutes?: number): Guardrail => ({
  environments,
  operations,
  outcome,
  ...(hold_minutes === undefined ? {} : { hold_minutes }),
});
const judged = (...rules: Guardrail[]) => guardPair(rules, 'railway', DELETE, STAGING);

const allow = rule('other', '*:destroy', 'allow');
const approve = rule('other', 'volume*:destroy', 'approve');
const short = rule('other', '*:destroy', 'hold', 1);
const long = rule('other', '*Delete:destroy', 'hold', 5);
const deny = rule('other', 'volumeDelete', 'deny');

test('rules add up, the strictest gives the outcome, and the rules that tightened are named in their order', () => {
  const nothing = { approve: false, hold_minutes: 0 };
  expect(judged(allow)).toEqual({ outcome: 'allow', ...nothing, rules: [allow] });
  expect(judged(approve, allow)).toEqual({ outcome: 'approve', approve: true, hold_minutes: 0, rules: [approve] });
  expect(judged(allow, short)).toEqual({ outcome: 'hold', approve: false, hold_minutes: 1, rules: [short] });
  const both = [approve, long, short];
  expect(judged(...both, allow)).toEqual({ outcome: 'hold', approve: true, hold_minutes: 5, rules: both });
  expect(judged(...both, deny)).toEqual({ outcome: 'deny', ...nothing, rules: [deny] });
});

test('without any rule a pair is denied, and no approval is possible', () => {
  const denied = { outcome: 'deny', approve: false, hold_minutes: 0, rules: [] };
  expect(judged()).toEqual(denied);
  expect(judged(rule('protected', '*:destroy', 'allow'))).toEqual(denied);
});

test('a rule that tightens and names no effect holds at every effect; one that allows does not', () => {
  expect(judged(allow, rule('other', 'volume*', 'approve')).outcome).toBe('approve');
  expect(judged(rule('other', 'volume*', 'allow')).outcome).toBe('deny');
});

test('only rules that name the operation and the environment loosen, and only such rules count beside them', () => {
  const loosening = rule('staging', 'volumeDelete', 'allow');
  expect(judged(approve, long, loosening)).toMatchObject({ outcome: 'allow', rules: [loosening] });
  // Neither a pattern there nor the operation in every environment of the kind loosens.
  expect(judged(approve, rule('staging', '*:destroy', 'allow')).outcome).toBe('approve');
  expect(judged(approve, rule('other', 'volumeDelete', 'allow')).outcome).toBe('approve');
  // At a raised effect, a rule that loosens this effect decides alone, except for rules that tighten that operation there.
  const raised = { name: 'volumeDelete', effect: 'destroy', base_effect: 'write' } as const;
  const atRaised = (...rules: Guardrail[]) => guardPair(rules, 'railway', raised, STAGING);
  const mild = rule('staging', 'volumeDelete:destroy', 'allow');
  const there = rule('staging', 'volumeDelete', 'approve');
  const pattern = rule('staging', 'volume*', 'deny');
  expect(atRaised(mild, there, pattern)).toMatchObject({ outcome: 'approve', rules: [there] });
  expect(atRaised(mild, deny)).toMatchObject({ outcome: 'allow', rules: [mild] });
});

test('the largest quorum of the rules that decide counts, and one of a rule that does not decide does not', () => {
  const two: Guardrail = { ...approve, quorum: 2 };
  const three: Guardrail = { ...rule('staging', '*:destroy', 'approve'), quorum: 3 };
  expect(judged(approve)).not.toHaveProperty('quorum');
  expect(judged(two, approve, three)).toMatchObject({ approve: true, quorum: 3, rules: [two, approve, three] });
  expect(judged(three, rule('staging', 'volumeDelete', 'approve'))).not.toHaveProperty('quorum');
  expect(judged(three, deny)).toEqual({ outcome: 'deny', approve: false, hold_minutes: 0, rules: [deny] });
});
