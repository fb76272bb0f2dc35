import {
  decide,
  defined,
  EFFECTS,
  type Effect,
  type Guardrail,
  isWorse,
  type JsonObject,
  type ResolvedOperation,
  SHIPPED_GUARDRAILS,
  type When,
} from '@writ/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLoosened, findMilder, type Place, without } from './loosening.ts';

// A small world, in which generated rules and names meet often enough to matter.
const operations = [
  { name: 'volumeDelete', effect: 'destroy' },
  { name: 'volumeUpdate', effect: 'write' },
  { name: 'project', effect: 'read' },
] as const satisfies { name: string; effect: Effect }[];
const connections = fc.constantFrom('railway', 'twin');
const slugs = fc.constantFrom('production', 'staging', 'prod');
const kinds = fc.constantFrom('protected' as const, 'other' as const, 'ephemeral' as const);
const effects = fc.constantFrom(...EFFECTS);
const selectors = fc.oneof(
  fc.constantFrom(...operations.map(({ name }) => name), 'soon', '*', 'volume*', '*Delete'),
  fc.tuple(fc.constantFrom('volumeDelete', 'volumeUpdate', '*', 'v*'), effects).map((parts) => parts.join(':')),
);
const whens = fc.constantFrom<When>(
  { amount: { at_least: 5 } },
  { amount: { at_most: 4 } },
  { 'target.name': { starts_with: 'acme/web' } },
  { amount: { at_least: 5 }, 'target.name': { equals: 'acme/api' } },
);
const values = fc.constantFrom<JsonObject>({}, { amount: 4 }, { amount: 5 }, { amount: '5' }, { amount: [] });
const targets = fc.constantFrom<ResolvedOperation['targets']>(
  [],
  ...['acme/web', 'acme/api', 'ACME/WEB'].map((name) => [{ kind: 'volume', id: '1', name, within: [] }]),
);
const rule: fc.Arbitrary<Guardrail> = fc
  .record(
    {
      connection: connections,
      environments: fc.oneof(slugs, kinds),
      operations: selectors,
      when: whens,
      outcome: fc.constantFrom('allow' as const, 'approve' as const, 'hold' as const, 'deny' as const),
    },
    { requiredKeys: ['environments', 'operations', 'outcome'] },
  )
  .chain((made) => {
    if (made.outcome === 'hold') return fc.constant({ ...made, hold_minutes: 30 });
    const quorums = fc.constantFrom(undefined, 2, 3);
    return made.outcome === 'approve'
      ? quorums.map((quorum) => ({ ...made, ...defined({ quorum }) }))
      : fc.constant(made);
  });
const guardrails = fc.array(rule, { maxLength: 5 }).map((added) => [...SHIPPED_GUARDRAILS, ...added]);
const overrides = fc
  .array(fc.tuple(fc.constantFrom('volumeUpdate', 'soon'), effects), { maxLength: 2 })
  .map((entries) => new Map<string, Effect>(entries));
const place: fc.Arbitrary<Place> = fc.record({ connection: connections, slug: slugs, kind: kinds, overrides });

const REFUSED = { refused: true, yeses: 0, hold_minutes: 0 };

/** What is decided of a call at a place, for somebody who may do everything. */
interface GeneratedCall {
  readonly name: string;
  readonly base: Effect;
  readonly effect: Effect;
  readonly values: JsonObject;
  readonly targets: ResolvedOperation['targets'];
}

function outcomeAt(rules: readonly Guardrail[], at: Place, call: GeneratedCall) {
  const raised = at.overrides.get(call.name) ?? call.base;
  const worse = (effect: Effect): Effect => (isWorse(raised, effect) ? raised : effect);
  const decision = decide({
    connection: at.connection,
    chain: [
      {
        link: 'token',
        subject: 's',
        allowances: [
          { scope: { connection: at.connection, environments: ['*'], operations: EFFECTS.map((word) => `*:${word}`) } },
        ],
      },
    ],
    guardrails: rules,
    operations: [
      {
        name: call.name,
        effect: worse(call.effect),
        base_effect: worse(call.base),
        arguments: call.values,
        secret_arguments: [],
        targets: call.targets,
        containers: [],
        environments: [{ slug: at.slug, kind: at.kind }],
      },
    ],
    now: 0,
  });
  const { approve, hold_minutes, quorum = 1 } = decision;
  return { refused: decision.result === 'refuse', yeses: approve ? quorum : 0, hold_minutes };
}

const calls: fc.Arbitrary<GeneratedCall> = fc
  .tuple(fc.constantFrom(...operations, { name: 'soon', effect: 'read' as const }), effects, values, targets)
  .map(([{ name, effect: base }, effect, given, acted]) => ({
    name,
    base,
    effect: isWorse(effect, base) ? effect : base,
    values: given,
    targets: acted,
  }));

type Guarded = ReturnType<typeof outcomeAt>;

function expectNoMilder(then: Guarded, now: Guarded): void {
  expect(then.refused || !now.refused, 'a refusal stays one').toBe(true);
  if (then.refused) return;
  expect(then.yeses, 'no yes that is needed goes').toBeGreaterThanOrEqual(now.yeses);
  expect(then.hold_minutes, 'no minute of a hold goes').toBeGreaterThanOrEqual(now.hold_minutes);
}

test('a change of rules that counts as no loosening makes no decision milder, however its call stands to their conditions', () => {
  const added = fc.array(rule, { maxLength: 4 });
  let accepted = 0;
  fc.assert(
    fc.property(added, added, place, calls, (before, after, at, call) => {
      const connections = [{ slug: at.connection, operations, environments: [at] }];
      if (call.name === 'soon' || findLoosened({ before, after, connections }).length > 0) return;
      accepted += 1;
      const plain = { ...at, overrides: new Map() };
      const now = outcomeAt([...SHIPPED_GUARDRAILS, ...before], plain, call);
      expectNoMilder(outcomeAt([...SHIPPED_GUARDRAILS, ...after], plain, call), now);
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(300);
});

test('whether a rule with conditions is made milder is asked with these met and not met', () => {
  const connections = [
    { slug: 'railway', operations, environments: [{ slug: 'production', kind: 'protected' as const }] },
  ];
  const base: Guardrail = { environments: 'production', operations: 'volumeDelete', outcome: 'deny' };
  const loosens = (before: Guardrail[], after: Guardrail[]) => findLoosened({ before, after, connections }).length > 0;
  const large: Guardrail = { ...base, when: { amount: { at_least: 5000 } } };
  const larger: Guardrail = { ...base, when: { amount: { at_least: 8000 } } };
  const small: Guardrail = { ...base, outcome: 'allow', when: { amount: { at_most: 5000 } } };
  expect([loosens([], [large]), loosens([large], [base]), loosens([large], [large, larger])]).toEqual(
    Array(3).fill(false),
  );
  expect([loosens([large], []), loosens([base], [large]), loosens([large], [larger])]).toEqual(Array(3).fill(true));
  expect([loosens([], [small]), loosens([small], [])]).toEqual([true, false]);
  // One that tightens takes away the shipped hold where it is met, since it decides alone there.
  expect(loosens([], [{ ...large, outcome: 'approve' }])).toBe(true);
  expect(loosens([], [{ ...large, environments: 'protected', outcome: 'approve' }])).toBe(false);
  // What is lost shows only where two conditions are met together: the denial of the one, and what decides alone by the other.
  const approved: Guardrail = { ...base, outcome: 'approve', when: { 'target.name': { equals: 'scratch' } } };
  const standing: Guardrail[] = [{ ...base, environments: 'protected' }, approved];
  expect(loosens([...standing, large], standing)).toBe(true);
  // Nor does it show where a condition is met, by which something else decides alone then, but where that is not certain.
  const alone: Guardrail = { ...large, outcome: 'approve' };
  expect(loosens([alone, { ...large, environments: 'protected' }], [alone])).toBe(true);
  const many = Array.from(
    { length: 11 },
    (_, index): Guardrail => ({ ...base, when: { amount: { at_least: index } } }),
  );
  expect(loosens([], many.slice(1))).toBe(false);
  expect(() => loosens([], many)).toThrow('more than 10 different');
});

describe('a change of names', () => {
  test('that counts as no loosening never makes a decision milder, for any rules and names', () => {
    let accepted = 0;
    fc.assert(
      fc.property(guardrails, place, place, calls, (rules, from, to, call) => {
        if (findMilder({ guardrails: rules, operations, from, to }) !== undefined) return;
        accepted += 1;
        // What only an owner's review made known is refused where nobody reviewed it.
        if (call.name === 'soon' && !to.overrides.has('soon')) return;
        const now = call.name === 'soon' && !from.overrides.has('soon') ? REFUSED : outcomeAt(rules, from, call);
        expectNoMilder(outcomeAt(rules, to, call), now);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });

  test('to the very same names is no loosening', () => {
    fc.assert(
      fc.property(guardrails, place, (rules, at) => {
        expect(findMilder({ guardrails: rules, operations, from: at, to: { ...at } })).toBeUndefined();
      }),
    );
  });

  test('is loosening by a rule on what no catalog has yet, and by an operation that was reviewed for one connection alone', () => {
    const at = (slug: string, reviewed: [string, Effect][] = []): Place => ({
      connection: 'railway',
      slug,
      kind: 'other',
      overrides: new Map(reviewed),
    });
    const denies = (operations_: string): Guardrail => ({
      environments: 'production',
      operations: operations_,
      outcome: 'deny',
    });
    const spelledOut = operations.map(({ name }) => ({ ...denies(name), environments: 'prod' }));
    const rules = [...SHIPPED_GUARDRAILS, denies('*'), ...spelledOut];
    expect(findMilder({ guardrails: rules, operations, from: at('production'), to: at('prod') })).toBeDefined();
    const both = [...rules, { ...denies('*'), environments: 'prod' }];
    expect(findMilder({ guardrails: both, operations, from: at('production'), to: at('prod') })).toBeUndefined();
    const reviewed = at('production', [['soon', 'write']]);
    const shipped = { guardrails: SHIPPED_GUARDRAILS, operations };
    expect(findMilder({ ...shipped, from: at('production'), to: reviewed })).toMatchObject({ operation: 'soon' });
    expect(findMilder({ ...shipped, from: reviewed, to: reviewed })).toBeUndefined();
  });
});

test('a rule is the same in any order of its members', () => {
  const one: Guardrail = { environments: 'staging', operations: '*', outcome: 'deny' };
  const same: Guardrail = { outcome: 'deny', operations: '*', environments: 'staging' };
  expect(without([one], [same])).toEqual([]);
});
