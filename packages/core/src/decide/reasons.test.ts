/** The explanation in a decision: which link or rule refused, what is allowed there, and what is missing. */
import { describe, expect, test } from 'vitest';
import type { ResolvedOperation } from '../request/pipeline.ts';
import { type Guardrail, SHIPPED_GUARDRAILS } from '../scope/guardrail.ts';
import { decide } from './decide.ts';
import type { Allowance, ChainLink, DecideInput } from './decision.ts';

const STAGING = { slug: 'staging', kind: 'other' } as const;
const PRODUCTION = { slug: 'production', kind: 'protected' } as const;

const operation = (changes: Partial<ResolvedOperation>): ResolvedOperation => ({
  name: 'volumeUpdate',
  effect: 'write',
  base_effect: changes.effect ?? 'write',
  arguments: {},
  secret_arguments: [],
  targets: [],
  containers: [],
  environments: [STAGING],
  ...changes,
});
const allowing = (environments: string[], operations: string[], more: Partial<Allowance> = {}): Allowance => ({
  scope: { connection: 'railway', environments, operations },
  ...more,
});
const linkOf = (link: ChainLink['link'], subject: string, ...allowances: Allowance[]): ChainLink => ({
  link,
  subject,
  allowances,
});
const decided = (
  chain: readonly ChainLink[],
  operations: readonly ResolvedOperation[],
  more: Partial<DecideInput> = {},
) => decide({ connection: 'railway', chain, guardrails: SHIPPED_GUARDRAILS, operations, now: 0, ...more });

describe('a refusal for lack of coverage', () => {
  const token = linkOf('token', 'tok_1', allowing(['*'], ['*', '*:destroy']));
  const grants = linkOf(
    'grants',
    'helper',
    allowing(['staging'], ['customDomain*']),
    allowing(['production'], ['service*']),
  );

  test('names the link that does not cover the pair, and what that link allows there', () => {
    const { reasons, pairs, code } = decided([token, grants], [operation({ environments: [PRODUCTION, STAGING] })]);
    const pair = { operation: 'volumeUpdate', effect: 'write' };
    const lack = { rule: 'operation_not_granted', link: 'grants', subject: 'helper' };
    expect(reasons).toEqual([
      { ...pair, environment: 'production', ...lack, allowed: ['production/service*'] },
      { ...pair, environment: 'staging', ...lack, allowed: ['staging/customDomain*'] },
    ]);
    expect(code).toBe('operation_not_granted');
    expect(pairs.map(({ covered }) => covered)).toEqual([false, false]);
  });

  test('tells what is allowed elsewhere if nothing is allowed there, the same for every operation', () => {
    const pr = { slug: 'pr-7', kind: 'ephemeral' } as const;
    const two = ['volumeUpdate', 'volumeDelete'].map((name) => operation({ name, environments: [pr] }));
    const allowed = ['staging/customDomain*', 'production/service*'];
    expect(decided([grants], two).reasons.map((reason) => reason.allowed)).toEqual([allowed, allowed]);
  });

  test('tells how close the closest allowance came, for every order of the allowances', () => {
    const scope = { connection: 'railway', operations: ['volumeUpdate'] };
    const allowances: readonly (readonly [string, Allowance])[] = [
      ['operation_not_granted', allowing(['staging'], ['other'])],
      ['environment_not_granted', allowing(['production'], ['volumeUpdate'])],
      ['resource_not_granted', { scope: { ...scope, environments: ['staging'], resources: ['volume:v1'] } }],
      [
        'argument_not_granted',
        { scope: { ...scope, environments: ['staging'], arguments: { volumeUpdate: { name: { equals: 'a' } } } } },
      ],
    ];
    for (let most = 1; most <= allowances.length; most += 1) {
      const some = allowances.slice(0, most);
      for (const order of [some, some.toReversed()]) {
        const { reasons } = decided([linkOf('grants', 'helper', ...order.map(([, one]) => one))], [operation({})]);
        expect(reasons.map(({ rule }) => rule)).toEqual([allowances[most - 1]?.[0]]);
      }
    }
  });

  test('has the code of the furthest lack of all pairs', () => {
    const environment = operation({ name: 'serviceUpdate', environments: [STAGING] });
    const nothing = operation({ name: 'volumeUpdate', environments: [PRODUCTION] });
    expect(decided([grants], [environment]).code).toBe('environment_not_granted');
    for (const both of [
      [environment, nothing],
      [nothing, environment],
    ]) {
      expect(decided([grants], both).code).toBe('operation_not_granted');
    }
  });

  test('asks for one detail for each set of environments, and for nothing that is covered', () => {
    const operations = [
      operation({ name: 'serviceUpdate', environments: [PRODUCTION] }),
      operation({ name: 'volumeUpdate', environments: [STAGING, PRODUCTION] }),
      operation({ name: 'volumeUpdate', environments: [PRODUCTION] }),
      operation({ name: 'volumeDelete', effect: 'destroy', environments: [PRODUCTION, STAGING] }),
      operation({ name: 'customDomainCreate', environments: [STAGING, PRODUCTION] }),
    ];
    const detail = { type: 'provider_operations', connection: 'railway' };
    expect(decided([token, grants], operations).missing).toEqual([
      { ...detail, environments: ['production', 'staging'], operations: ['volumeUpdate', 'volumeDelete'] },
      { ...detail, environments: ['production'], operations: ['customDomainCreate'] },
    ]);
  });

  test('for a call without pairs tells so, names the operation that reaches nothing, and asks for no approval', () => {
    const refused = { result: 'refuse', code: 'environment_unresolved', approve: false, hold_minutes: 0, pairs: [] };
    const reason = { environment: '', rule: 'no_pairs' };
    const all = [linkOf('token', 'tok_1', allowing(['*'], ['*']))];
    expect(decided(all, [operation({}), operation({ name: 'x', effect: 'read', environments: [] })])).toEqual({
      ...refused,
      missing: [],
      reasons: [{ operation: 'x', effect: 'read', ...reason }],
    });
    const nobody = { ...refused, missing: [], reasons: [{ operation: '', effect: 'escalate', ...reason }] };
    expect(decided(all, [])).toEqual(nobody);
    expect(decided([], [operation({})])).toEqual(nobody);
  });
});

describe('what covered', () => {
  test('names the grants that covered a pair, one for each link, and none for a link without grants', () => {
    const chain = [
      linkOf('token', 'tok_1', allowing(['*'], ['*'])),
      linkOf(
        'grants',
        'helper',
        allowing(['production'], ['*'], { grant_id: 'grt_production' }),
        allowing(['staging'], ['*'], { grant_id: 'grt_staging' }),
        allowing(['*'], ['*'], { grant_id: 'grt_late' }),
      ),
    ];
    const { result, pairs, reasons } = decided(chain, [operation({ environments: [STAGING, PRODUCTION] })]);
    expect(result).toBe('allow');
    expect(pairs.map(({ grant_ids }) => grant_ids)).toEqual([['grt_staging'], ['grt_production']]);
    expect(reasons).toEqual([]);
  });
});

describe('the guardrails of a call that is covered', () => {
  const all = [linkOf('token', 'tok_1', allowing(['*'], ['*', '*:destroy', '*:escalate']))];
  const deny: Guardrail = { environments: 'production', operations: 'volumeUpdate', outcome: 'deny' };
  const guardrails = [...SHIPPED_GUARDRAILS, deny];

  test('one pair that is denied refuses the whole call, and the reason names the rule', () => {
    const { result, code, reasons, missing } = decided(all, [operation({ environments: [STAGING, PRODUCTION] })], {
      guardrails,
    });
    expect([result, code]).toEqual(['refuse', 'guardrail_denied']);
    const pair = { operation: 'volumeUpdate', effect: 'write', environment: 'production' };
    expect(reasons).toEqual([{ ...pair, rule: 'guardrail', guardrail: deny }]);
    expect(missing).toEqual([]);
  });

  test('a pair without a rule is denied, and the reason names no rule', () => {
    const { code, reasons } = decided(all, [operation({})], { guardrails: [] });
    expect(code).toBe('guardrail_denied');
    expect(reasons).toEqual([
      { operation: 'volumeUpdate', effect: 'write', environment: 'staging', rule: 'guardrail' },
    ]);
  });

  test('they are no reason if the chain does not cover the pair, or if they allow it', () => {
    const reaches = operation({ environments: [PRODUCTION] });
    const other = linkOf('token', 'tok_1', allowing(['*'], ['other']));
    expect(decided([other], [reaches], { guardrails }).reasons.map(({ rule }) => rule)).toEqual([
      'operation_not_granted',
    ]);
    expect(decided(all, [operation({})], { guardrails }).reasons).toEqual([]);
  });

  test('a hold of a minute holds', () => {
    const hold: Guardrail = { environments: 'staging', operations: 'volumeUpdate', outcome: 'hold', hold_minutes: 1 };
    const decision = decided(all, [operation({})], { guardrails: [...SHIPPED_GUARDRAILS, hold] });
    expect(decision).toMatchObject({ result: 'wait', code: 'held', approve: false, hold_minutes: 1 });
    expect(decision.reasons).toMatchObject([{ rule: 'guardrail', guardrail: hold }]);
  });
});
