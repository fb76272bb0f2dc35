import { decide, defined, EFFECTS, type Effect, type Guardrail, isWorse, SHIPPED_GUARDRAILS } from '@writ/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findMilder, type Place, without } from './loosening.ts';

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
const rule: fc.Arbitrary<Guardrail> = fc
  .record(
    {
      connection: connections,
      environments: fc.oneof(slugs, kinds),
      operations: selectors,
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
function outcomeAt(rules: readonly Guardrail[], at: Place, call: { name: string; base: Effect; effect: Effect }) {
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
        arguments: {},
        secret_arguments: [],
        targets: [],
        containers: [],
        environments: [{ slug: at.slug, kind: at.kind }],
      },
    ],
    now: 0,
  });
  const { approve, hold_minutes, quorum = 1 } = decision;
  return { refused: decision.result === 'refuse', yeses: approve ? quorum : 0, hold_minutes };
}

describe('a change of names', () => {
  test('that counts as no loosening never makes a decision milder, for any rules and names', () => {
    const calls = fc
      .tuple(fc.constantFrom(...operations, { name: 'soon', effect: 'read' as const }), effects)
      .map(([{ name, effect: base }, effect]) => ({
        name,
        base,
        effect: isWorse(effect, base) ? effect : base,
      }));
    let accepted = 0;
    fc.assert(
      fc.property(guardrails, place, place, calls, (rules, from, to, call) => {
        if (findMilder({ guardrails: rules, operations, from, to }) !== undefined) return;
        accepted += 1;
        // What only an owner's review made known is refused where nobody reviewed it.
        if (call.name === 'soon' && !to.overrides.has('soon')) return;
        const now = call.name === 'soon' && !from.overrides.has('soon') ? REFUSED : outcomeAt(rules, from, call);
        const then = outcomeAt(rules, to, call);
        expect(then.refused || !now.refused, 'a refusal stays one').toBe(true);
        if (then.refused) return;
        expect(then.yeses, 'no yes that is needed goes').toBeGreaterThanOrEqual(now.yeses);
        expect(then.hold_minutes, 'no minute of a hold goes').toBeGreaterThanOrEqual(now.hold_minutes);
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
