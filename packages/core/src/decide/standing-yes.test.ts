/** Where a standing yes stands, and where none ever does. */
import { expect, test } from 'vitest';
import type { ResolvedOperation } from '../request/pipeline.ts';
import { DETAIL_TYPE, type Detail } from '../scope/detail.ts';
import type { Effect } from '../scope/effect.ts';
import { type Guardrail, SHIPPED_GUARDRAILS } from '../scope/guardrail.ts';
import { decide } from './decide.ts';
import { standsFor, wantedYeses } from './standing-yes.ts';

const PLACES = {
  production: { slug: 'production', kind: 'protected' },
  staging: { slug: 'staging', kind: 'other' },
} as const;

const operation = (
  name: string,
  effect: Effect,
  environments: readonly (keyof typeof PLACES)[] = ['production'],
  more: Partial<ResolvedOperation> = {},
): ResolvedOperation => ({
  ...{ name, effect, base_effect: effect, arguments: {}, secret_arguments: [], containers: [] },
  targets: [{ kind: 'service', id: 's_api', within: [] }],
  environments: environments.map((slug) => PLACES[slug]),
  ...more,
});
const detail = (more: Partial<Detail> = {}): Detail => ({
  ...{
    type: DETAIL_TYPE,
    connection: 'acme',
    environments: ['*'],
    operations: ['*:reveal', '*:execute', '*:escalate'],
  },
  ...more,
});
const decided = (operations: readonly ResolvedOperation[], more: readonly Guardrail[] = []) => {
  const scope = detail({ operations: ['*', ...['reveal', 'execute', 'destroy', 'escalate'].map((one) => `*:${one}`)] });
  const chain = [{ link: 'token', subject: 'tok', allowances: [{ scope }] }] as const;
  return decide({ connection: 'acme', chain, guardrails: [...SHIPPED_GUARDRAILS, ...more], operations, now: 0 });
};
/** How many operations an allowance would have to let pass; 0 where it does not. */
const used = (
  operations: readonly ResolvedOperation[],
  standing = detail(),
  more: readonly Guardrail[] = [],
): number => {
  const wanted = wantedYeses(operations, decided(operations, more));
  return standsFor(standing, 'acme', wanted) ? wanted.length : 0;
};
const reveal = operation('variables', 'reveal');

test('it stands for what it covers: each operation that wants a yes counts, and what wants none does not', () => {
  expect(used([reveal])).toBe(1);
  expect(used([reveal, operation('redeploy', 'execute'), operation('service', 'read')])).toBe(2);
  expect(
    used([operation('variables', 'reveal', ['production', 'staging'])], detail({ environments: ['production'] })),
  ).toBe(1);
  expect(used([operation('service', 'read')])).toBe(0);
  expect(used([])).toBe(0);
});

test.each<[string, readonly ResolvedOperation[], Partial<Detail>]>([
  ['another connection', [reveal], { connection: 'other' }],
  ['another environment', [reveal], { environments: ['staging'] }],
  ['another operation', [reveal], { operations: ['redeploy'] }],
  ['one of two operations', [reveal, operation('redeploy', 'execute')], { operations: ['variables'] }],
  [
    'another effect than the judged one',
    [operation('update', 'execute', ['production'], { base_effect: 'write' })],
    { operations: ['update'] },
  ],
  ['another target', [reveal], { resources: ['service:s_web'] }],
  [
    'one without the targets that are named',
    [operation('variables', 'reveal', ['production'], { targets: [] })],
    { resources: ['service:s_api'] },
  ],
  ['another argument', [reveal], { arguments: { variables: { name: { equals: 'a' } } } }],
])('it does not stand for %s', (_, operations, more) => {
  expect(used(operations, detail(more))).toBe(0);
});

test.each<[string, readonly ResolvedOperation[], readonly Guardrail[]]>([
  [
    'what destroys where it is protected',
    [operation('drop', 'destroy')],
    [{ environments: 'production', operations: 'drop:destroy', outcome: 'approve' }],
  ],
  ['what escalates where it is protected', [operation('invite', 'escalate')], []],
  ['anything beside such a thing', [reveal, operation('invite', 'escalate')], []],
  ['what reaches a protected environment too', [operation('invite', 'escalate', ['staging', 'production'])], []],
  ['a hold', [reveal], [{ environments: 'protected', operations: '*:reveal', outcome: 'hold', hold_minutes: 5 }]],
  ['a hold of something else in the same call', [reveal, operation('drop', 'destroy', ['staging'])], []],
  ['a deny', [reveal], [{ environments: 'protected', operations: '*:reveal', outcome: 'deny' }]],
  ['a quorum', [reveal], [{ environments: 'protected', operations: '*:reveal', outcome: 'approve', quorum: 2 }]],
])('none ever stands for %s', (_, operations, more) => {
  const all = detail({ operations: ['*:reveal', '*:destroy', '*:escalate', 'drop', 'invite'] });
  expect(used(operations, all, more)).toBe(0);
});

test('it stands for what escalates where nothing is protected', () => {
  expect(used([operation('invite', 'escalate', ['staging'])])).toBe(1);
});
