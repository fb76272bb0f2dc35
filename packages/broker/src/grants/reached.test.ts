/** What grants reach: the same as asking each grant about each pair, and quick. */
import {
  allows,
  coversEnvironment,
  type Effect,
  type GrantScope,
  type Guardrail,
  guardPair,
  parseSelector,
  SHIPPED_GUARDRAILS,
} from '@writ/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConnectionState } from '../live.ts';
import { knownPairs } from './known-operations.ts';
import { type ReachedPair, type ReachingGrant, reachedPairs } from './reached.ts';

const operation = (name: string, effect: Effect, ...raised_to: Effect[]) => ({
  name,
  effect,
  raised_to,
  arguments: [],
});
const state = {
  slug: 'acme',
  overrides: new Map(),
  environments: [
    { id: 'e1', slug: 'production', kind: 'protected', selector: {} },
    { id: 'e2', slug: 'staging', kind: 'other', selector: {} },
    { id: 'e3', slug: 'pr', kind: 'ephemeral', selector: {} },
  ],
  provider: {
    operations: [
      operation('domains', 'read'),
      operation('domainCreate', 'write', 'destroy'),
      operation('domainDelete', 'destroy'),
      { ...operation('newThing', 'write'), spelled_out: true },
      operation('keyCreate', 'escalate'),
    ],
  },
} as unknown as ConnectionState;
const RULES: readonly Guardrail[] = [
  ...SHIPPED_GUARDRAILS,
  { environments: 'staging', operations: 'domainDelete', outcome: 'allow' },
  { environments: 'other', operations: 'domain*', outcome: 'approve', quorum: 2, when: { name: { starts_with: 'a' } } },
  { connection: 'other', environments: 'pr', operations: '*', outcome: 'deny' },
];

const grantOf = (id: string, scope: Partial<GrantScope>): ReachingGrant => ({
  id,
  name: null,
  scope: { connection: 'acme', environments: ['*'], operations: ['*'], ...scope },
});
const reached = (...grants: ReachingGrant[]) => [...reachedPairs(state, { grants, guardrails: RULES })];
const lineOf = ({ operation: { name, effect }, environment, guarded, narrowed, count }: ReachedPair) =>
  `${name}:${effect} ${environment.slug} ${guarded.outcome}${narrowed ? ' narrowed' : ''} ${count}`;

test('a glob reaches what it covers alone: no worse effect, nothing that must be spelled out, and by every guardrail as strict as it can be', () => {
  expect(reached(grantOf('a', { environments: ['staging', 'pr'] })).map(lineOf)).toEqual([
    'domains:read staging approve 1',
    'domains:read pr allow 1',
    'domainCreate:write staging approve 1',
    'domainCreate:write pr allow 1',
  ]);
  const exact = grantOf('b', { environments: ['staging'], operations: ['domainDelete', 'newThing'] });
  expect(reached(exact).map(lineOf)).toEqual([
    'domainDelete:destroy staging allow 1',
    'newThing:write staging allow 1',
  ]);
});

test('several grants are told together: who covers a pair, and whether one of them does without narrowing it', () => {
  const conditions = { domainCreate: { name: { ends_with: '.test' } } };
  const all = [
    grantOf('a', { environments: ['pr'], operations: ['domainCreate', 'domain*'], arguments: conditions }),
    grantOf('b', { environments: ['pr', 'staging'], operations: ['domainCreate'], resources: ['domain:1'] }),
    grantOf('c', { environments: ['pr'], operations: ['domainDelete'] }),
  ];
  expect(reached(...all).map(lineOf)).toEqual([
    'domains:read pr allow 1',
    'domainCreate:write staging approve narrowed 1',
    'domainCreate:write pr allow narrowed 2',
    'domainDelete:destroy pr allow 1',
  ]);
  const [, , both] = reached(...all);
  expect(both?.grants.map(({ id }) => id)).toEqual(['a', 'b']);
  const whole = reached(...all, grantOf('d', { environments: ['*'], operations: ['domainCreate'] }));
  expect(whole.map(lineOf)).toContain('domainCreate:write pr allow 3');
});

const scope = fc.record(
  {
    environments: fc.uniqueArray(fc.constantFrom('*', 'shared', 'production', 'staging', 'pr', 'gone'), {
      minLength: 1,
      maxLength: 3,
    }),
    operations: fc.uniqueArray(
      fc.constantFrom('*', '*:destroy', 'domain*', 'domainCreate:destroy', 'newThing', 'gone'),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    resources: fc.constant<string[]>(['domain:1']),
  },
  { requiredKeys: ['environments', 'operations'] },
);

test('whatever the grants, it is what each of them alone says of each pair', () => {
  fc.assert(
    fc.property(fc.array(scope, { maxLength: 30 }), (scopes) => {
      const grants = scopes.map((each, at) => grantOf(`g${at}`, each));
      const places = [{ slug: 'shared', kind: 'protected' as const }, ...state.environments];
      const expected = knownPairs(state).flatMap((pair) =>
        places.flatMap((environment) => {
          const by = grants.filter(
            (one) =>
              coversEnvironment(one.scope, environment.slug) &&
              one.scope.operations.some((selector) => allows(parseSelector(selector), pair)),
          );
          const guarded = guardPair(RULES, 'acme', pair, environment);
          const narrowed = by.every((one) => one.scope.resources !== undefined);
          const { slug, kind } = environment;
          const told = { operation: pair, environment: { slug, kind }, guarded, narrowed, count: by.length };
          return by.length === 0 ? [] : [told];
        }),
      );
      const found = reached(...grants);
      expect(found.map(({ grants: _, ...told }) => told)).toEqual(expected);
      for (const { grants: named, count } of found) expect(named).toHaveLength(Math.min(count, 20));
    }),
    { numRuns: 100 },
  );
});
