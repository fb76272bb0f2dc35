/** Limits of grants: what of a call counts, and what cannot be counted. */
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../json/json.ts';
import type { ResolvedOperation } from '../request/pipeline.ts';
import { type GrantScope, grantScopeSchema } from '../scope/detail.ts';
import { type Guardrail, SHIPPED_GUARDRAILS } from '../scope/guardrail.ts';
import { type Limit, limitText } from '../scope/limit.ts';
import { decide } from './decide.ts';
import { limitKey, refuseReached } from './limits.ts';

const EPHEMERAL = { slug: 'pr-7', kind: 'ephemeral' } as const;
const DESTROYS: Limit = { operations: '*:destroy', count: 5, per: 'day' };
const REFUNDS: Limit = { operations: 'refund', sum: 'amounts[].value', most: 100, per: 'week' };

function operation(name: string, values: JsonObject = {}, more: Partial<ResolvedOperation> = {}): ResolvedOperation {
  const effects = { effect: 'destroy', base_effect: 'destroy' } as const;
  return {
    name,
    ...effects,
    arguments: values,
    secret_arguments: [],
    targets: [],
    containers: [],
    environments: [EPHEMERAL],
    ...more,
  };
}

const grant = (limits: Limit[] | undefined, more: Partial<GrantScope> = {}) => ({
  scope: {
    connection: 'acme',
    environments: ['*'],
    operations: ['*:destroy', '*'],
    ...(limits && { limits }),
    ...more,
  },
});
const decided = (
  operations: ResolvedOperation[],
  allowances: ReturnType<typeof grant>[],
  guardrails: readonly Guardrail[] = SHIPPED_GUARDRAILS,
) =>
  decide({
    connection: 'acme',
    chain: [{ link: 'grants', subject: 'cli', allowances }],
    guardrails,
    operations,
    now: 0,
  });
const added = (operations: ResolvedOperation[], ...allowances: ReturnType<typeof grant>[]) =>
  decided(operations, allowances).limits?.map(({ limit, adds }) => [limitText(limit), adds]);

describe('what counts', () => {
  test('every operation of a call once, however many environments it reaches, and each element of a list', () => {
    const both = [EPHEMERAL, { slug: 'pr-8', kind: 'ephemeral' } as const];
    expect(added([operation('a', {}, { environments: both }), operation('b')], grant([DESTROYS]))).toEqual([
      ['5 *:destroy per day', 2],
    ]);
    const refund = (...values: number[]) => operation('refund', { amounts: values.map((value) => ({ value })) });
    expect(added([refund(10, 20), refund(5)], grant([REFUNDS, DESTROYS]))).toEqual([
      ['100 in amounts[].value of refund per week', 35],
      ['5 *:destroy per day', 2],
    ]);
    expect(added([operation('x', {}, { effect: 'write', base_effect: 'write' })], grant([DESTROYS]))).toBeUndefined();
  });

  test('every grant that covers the call, also beside one without limits; no grant that does not cover it', () => {
    const free = grant(undefined);
    expect(added([operation('a')], free, grant([DESTROYS]))).toEqual([['5 *:destroy per day', 1]]);
    for (const elsewhere of [
      { environments: ['staging'] },
      { operations: ['b'] },
      { connection: 'other' },
      { resources: ['volume:1'] },
    ])
      expect(added([operation('a')], free, grant([DESTROYS], elsewhere)), JSON.stringify(elsewhere)).toBeUndefined();
    const expired = { ...grant([DESTROYS]), expires_at: 0 };
    expect(added([operation('a')], free, expired)).toBeUndefined();
  });

  test('of limits that mean the same in two grants, the narrower, once', () => {
    const narrower: Limit = { ...DESTROYS, count: 2 };
    expect(added([operation('a'), operation('b')], grant([DESTROYS]), grant([narrower]))).toEqual([
      ['2 *:destroy per day', 2],
    ]);
  });

  test('a limit that names no effect counts the operation at every effect', () => {
    const raised = operation('a', {}, { base_effect: 'write' });
    expect(added([raised], grant([{ operations: 'a', count: 1, per: 'hour' }]))).toEqual([['1 a per hour', 1]]);
  });

  test('what would wait counts too, and nothing of what is refused', () => {
    const production = operation('a', {}, { environments: [{ slug: 'production', kind: 'protected' }] });
    expect(decided([production], [grant([DESTROYS])])).toMatchObject({ result: 'wait', limits: [{ adds: 1 }] });
    const deny: Guardrail = { environments: 'ephemeral', operations: '*', outcome: 'deny' };
    expect(decided([operation('a')], [grant([DESTROYS])], [deny])).not.toHaveProperty('limits');
  });
});

test.each<[string, JsonValue]>([
  ['absent', {}],
  ['null', { amounts: [{ value: null }] }],
  ['negative', { amounts: [{ value: 5 }, { value: -1 }] }],
  ['fractional', { amounts: [{ value: 0.5 }] }],
  ['more than is exact', { amounts: [{ value: 2 ** 53 }] }],
  ['a text', { amounts: [{ value: '5' }] }],
  ['an empty list', { amounts: [] }],
  ['no list', { amounts: { value: 5 } }],
])('an amount that is %s cannot be counted, and refuses the call', (_what, values) => {
  const decision = decided([operation('refund', values as JsonObject)], [grant([REFUNDS])]);
  expect(decision).toMatchObject({ result: 'refuse', code: 'argument_not_granted' });
  expect(decision.reasons).toEqual([expect.objectContaining({ rule: 'limit_uncountable', limit: REFUNDS })]);
});

test('amounts whose sum is not exact are more than any limit', () => {
  const values = { amounts: Array.from({ length: 3 }, () => ({ value: Number.MAX_SAFE_INTEGER })) };
  const [charge] = decided([operation('refund', values)], [grant([REFUNDS])]).limits ?? [];
  expect(charge?.adds).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
});

test('the counts of a limit are keyed by what it means, not by how much it lets through', () => {
  expect(limitKey('acme', { ...DESTROYS, count: 7 })).toBe(limitKey('acme', DESTROYS));
  const others: Limit[] = [
    { ...DESTROYS, per: 'hour' },
    { ...DESTROYS, operations: '*' },
    REFUNDS,
    { ...REFUNDS, sum: 'x' },
  ];
  const keys = [...others.map((limit) => limitKey('acme', limit)), limitKey('acme', DESTROYS), limitKey('b', DESTROYS)];
  expect(new Set(keys).size).toBe(keys.length);
});

test('a refusal by a limit names it, how much is used, and when its period ends', () => {
  const decision = decided([operation('a')], [grant([DESTROYS])]);
  const [charge] = decision.limits ?? [];
  if (charge === undefined) throw new Error('no charge');
  const used = { used: 5, adds: 1, ends_at: 99 };
  expect(refuseReached(decision, { charge, used })).toMatchObject({
    result: 'refuse',
    code: 'operation_not_granted',
    reasons: [{ operation: 'a', effect: 'destroy', rule: 'limit_reached', limit: DESTROYS, used }],
  });
});

describe('limits as they are written', () => {
  const written = (...limits: object[]) =>
    grantScopeSchema.safeParse({ connection: 'acme', environments: ['*'], operations: ['*'], limits }).success;
  test('one per task needs one of the same operations and measure per hour, day or week beside it', () => {
    const task: Limit = { ...DESTROYS, per: 'task' };
    expect([written(task), written(task, DESTROYS), written(task, { ...DESTROYS, operations: '*' })]).toEqual([
      false,
      true,
      false,
    ]);
    const sum: Limit = { ...REFUNDS, per: 'task' };
    expect([
      written(sum, REFUNDS),
      written(sum, { ...REFUNDS, sum: 'x' }),
      written(sum, { operations: 'refund', count: 1, per: 'day' }),
    ]).toEqual([true, false, false]);
  });

  test.each([
    { count: 0 },
    { count: 1.5 },
    { per: 'month' },
    { sum: 'x' },
    { most: 5 },
    { operations: '' },
    { more: 1 },
  ])('never as %j', (change) => {
    expect(written({ ...DESTROYS, ...change })).toBe(false);
  });
  test('nor as an empty list, or more than twenty', () => {
    expect([written(), written(...Array(21).fill(DESTROYS))]).toEqual([false, false]);
  });
});
