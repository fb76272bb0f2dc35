import type { Guardrail } from '@writ/core';
import { expect, test } from 'vitest';
import { overruled } from './overruled.ts';

const OPERATION: Parameters<typeof overruled>[1][number] = {
  name: 'volumeDelete',
  effect: 'destroy',
  base_effect: 'destroy',
  environments: [{ slug: 'production', kind: 'protected' }],
};
const RULE: Guardrail = {
  connection: 'one',
  environments: 'production',
  operations: 'volumeDelete',
  outcome: 'hold',
  hold_minutes: 60,
};
const SHIPPED: Guardrail = { environments: 'protected', operations: '*:destroy', outcome: 'approve' };
const of = (other: Guardrail, rule = RULE): Guardrail[] => overruled(rule, [OPERATION], [other]);

test.each([
  ['of the shipped set', SHIPPED],
  ['whose conditions this call did not meet', { ...SHIPPED, when: { 'input.size': { at_least: 900 } } }],
  ['that refuses', { environments: 'production', operations: 'volume*:destroy', outcome: 'deny' }],
  ['that names no effect', { environments: 'protected', operations: 'volume*', outcome: 'approve' }],
  ['of this connection', { ...SHIPPED, connection: 'one' }],
] satisfies [string, Guardrail][])('a rule %s is told as overruled', (_, other) => {
  expect(of(other)).toEqual([other]);
});

test.each([
  ['of another connection', { ...SHIPPED, connection: 'two' }],
  ['for other environments', { ...SHIPPED, environments: 'other' }],
  ['for another effect', { ...SHIPPED, operations: '*:reveal' }],
  ['that lets through', { ...SHIPPED, outcome: 'allow' }],
  ['in whose place it comes', { ...RULE, outcome: 'approve', hold_minutes: undefined }],
  ['that counts beside it', { ...RULE, when: { volumeId: { equals: 'v' } }, outcome: 'deny', hold_minutes: undefined }],
] satisfies [string, unknown][])('a rule %s is not', (_, other) => {
  expect(of(other as Guardrail)).toEqual([]);
});

test('a rule for every connection overrules those of each', () => {
  const { connection: _, ...everywhere } = RULE;
  expect(of({ ...SHIPPED, connection: 'two' }, everywhere)).toHaveLength(1);
});
