import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResolvedOperation } from '../request/pipeline.ts';
import { detailSchema } from '../scope/detail.ts';
import { EFFECTS } from '../scope/effect.ts';
import { type Guardrail, SHIPPED_GUARDRAILS } from '../scope/guardrail.ts';
import { coverOperation, coversArguments, coversEnvironment, selectsOperation } from './cover.ts';
import { decide } from './decide.ts';
import type { ChainLink, DecideInput, Decision } from './decision.ts';
import { refuseUncoverable } from './uncoverable.ts';

const NOW = 1_800_000_000_000;

// The values are few, so that generated details, chains and guardrails often match.
const environments = fc.constantFrom('staging', 'production', 'pr-7', 'shared');
const kindOf = { staging: 'other', production: 'protected', 'pr-7': 'ephemeral', shared: 'protected' } as const;
const operationNames = fc.constantFrom('volumeDelete', 'volumeUpdate', 'serviceDelete', 'project');
const effects = fc.constantFrom(...EFFECTS);
const selectors = fc.oneof(
  operationNames,
  fc.constantFrom('*', 'volume*', '*Delete', 'v*e'),
  fc
    .tuple(fc.oneof(operationNames, fc.constantFrom('*', 'volume*')), effects)
    .map(([pattern, effect]) => `${pattern}:${effect}`),
);
const detail = fc.record(
  {
    type: fc.constant('provider_operations' as const),
    connection: fc.constantFrom('railway', 'other'),
    environments: fc.array(fc.oneof(environments, fc.constant('*')), { minLength: 1, maxLength: 3 }),
    operations: fc.array(selectors, { minLength: 1, maxLength: 3 }),
    resources: fc.array(fc.constantFrom('volume:1', 'volume:2', 'service:1'), { minLength: 1, maxLength: 2 }),
    arguments: fc.constantFrom(
      { volumeDelete: { name: { equals: 'a' } } },
      { project: { name: { starts_with: 'b' } } },
    ),
  },
  { requiredKeys: ['type', 'connection', 'environments', 'operations'] },
);
const allowance = fc.record(
  { scope: detail, expires_at: fc.constantFrom(NOW - 1, NOW, NOW + 1) },
  { requiredKeys: ['scope'] },
);
const link = fc.record({
  link: fc.constantFrom('token' as const, 'grants' as const, 'ancestor' as const),
  subject: fc.constant('s'),
  allowances: fc.array(allowance, { maxLength: 4 }),
});
const resolved: fc.Arbitrary<ResolvedOperation> = fc.record({
  name: operationNames,
  effect: effects,
  base_effect: effects,
  arguments: fc.constantFrom({}, { name: 'a' }, { name: 'b' }),
  secret_arguments: fc.constant([]),
  targets: fc.array(
    fc.record({ kind: fc.constant('volume'), id: fc.constantFrom('1', '2'), within: fc.constant(['service:1']) }),
    { maxLength: 2 },
  ),
  containers: fc.constantFrom([], ['service:1']),
  environments: fc
    .uniqueArray(environments, { maxLength: 3 })
    .map((slugs) => slugs.map((slug) => ({ slug, kind: kindOf[slug] }))),
});
const outcome = fc.constantFrom('allow' as const, 'approve' as const, 'hold' as const, 'deny' as const);
const guardrail: fc.Arbitrary<Guardrail> = fc
  .record({
    environments: fc.oneof(environments, fc.constantFrom('protected', 'other', 'ephemeral')),
    operations: selectors,
    outcome,
  })
  .map((rule) => (rule.outcome === 'hold' ? { ...rule, hold_minutes: 7 } : rule));
const guardrails = fc.array(guardrail, { maxLength: 3 }).map((more) => [...SHIPPED_GUARDRAILS, ...more]);
const input: fc.Arbitrary<DecideInput> = fc.record({
  connection: fc.constant('railway'),
  chain: fc.array(link, { maxLength: 3 }),
  guardrails,
  operations: fc.array(resolved, { maxLength: 3 }),
  now: fc.constant(NOW),
});
const STRICTNESS = { allow: 0, wait: 1, refuse: 2 } as const;
const strictness = (decision: Decision) =>
  decision.result === 'refuse' ? Infinity : (decision.approve ? 1e6 : 0) + decision.hold_minutes;

/** Tells whether a rule loosens: only a rule that names one operation and one environment does. */
const loosens = (rule: Guardrail) =>
  rule.outcome !== 'deny' &&
  !rule.operations.includes('*') &&
  !['protected', 'ephemeral', 'other'].includes(rule.environments);

describe('for generated chains, guardrails and calls', () => {
  test('a longer chain never allows more: narrowing is by conjunction', () => {
    fc.assert(
      fc.property(input, link, (given, more) => {
        const longer = decide({ ...given, chain: [...given.chain, more] });
        if (given.chain.length > 0 && longer.result !== 'refuse') expect(decide(given).result).toBe(longer.result);
      }),
      { numRuns: 3000 },
    );
  });

  test('removing an allowance never allows more', () => {
    fc.assert(
      fc.property(input, fc.nat(), fc.nat(), (given, i, j) => {
        const chain = given.chain.map((item, at) =>
          at === i % Math.max(1, given.chain.length)
            ? { ...item, allowances: item.allowances.filter((_, k) => k !== j % Math.max(1, item.allowances.length)) }
            : item,
        );
        expect(STRICTNESS[decide({ ...given, chain }).result]).toBeGreaterThanOrEqual(STRICTNESS[decide(given).result]);
      }),
      { numRuns: 3000 },
    );
  });

  test('adding a guardrail never allows more, unless it names one operation in one environment', () => {
    fc.assert(
      fc.property(input, guardrail, (given, rule) => {
        fc.pre(!loosens(rule));
        const after = decide({ ...given, guardrails: [...given.guardrails, rule] });
        expect(strictness(after)).toBeGreaterThanOrEqual(strictness(decide(given)));
      }),
      { numRuns: 3000 },
    );
  });

  test('nothing passes without pairs, without a chain, or with an uncovered pair', () => {
    fc.assert(
      fc.property(input, (given) => {
        const decision = decide(given);
        if (decision.result === 'refuse') return;
        expect(given.chain.length).toBeGreaterThan(0);
        expect(decision.pairs.length).toBeGreaterThan(0);
        expect(given.operations.every((operation) => operation.environments.length > 0)).toBe(true);
        expect(decision.pairs.every((pair) => pair.covered)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('a call that is refused before its reach is known is refused in every environment', () => {
    const reaches = fc.uniqueArray(environments, { minLength: 1, maxLength: 3 });
    let refused = 0;
    fc.assert(
      fc.property(input, reaches, (given, slugs) => {
        const operations = given.operations.map(({ environments: _, ...operation }) => operation);
        const early = refuseUncoverable({ ...given, operations });
        if (early === undefined) return;
        refused += 1;
        const reached = slugs.map((slug) => ({ slug, kind: kindOf[slug] }));
        const late = decide({
          ...given,
          operations: given.operations.map((one) => ({ ...one, environments: reached })),
        });
        expect(late.result).toBe('refuse');
        expect(late.pairs.some(({ covered }) => !covered)).toBe(true);
        expect(['operation_not_granted', 'argument_not_granted']).toContain(early.code);
        expect(early.reasons.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test('an expired allowance covers nothing', () => {
    const expiring = (item: ChainLink, expires_at: number): ChainLink => ({
      ...item,
      allowances: item.allowances.map((member) => ({ ...member, expires_at })),
    });
    let covered = 0;
    fc.assert(
      fc.property(input, fc.nat(), (given, at) => {
        // The missing details are added first, so that allowances which have not expired cover the call.
        const { missing, pairs } = decide(given);
        fc.pre(pairs.length > 0);
        const whole = given.chain.map((item) => ({
          ...item,
          allowances: [...item.allowances, ...missing.map((scope) => ({ scope }))],
        }));
        const chainAt = (expires_at: number) =>
          whole.map((item, index) => (index === at % whole.length ? expiring(item, expires_at) : item));
        for (const chain of [whole, chainAt(NOW + 1)]) {
          expect(decide({ ...given, chain }).pairs.every((pair) => pair.covered)).toBe(true);
        }
        for (const chain of [chainAt(NOW), chainAt(NOW - 1)]) {
          const decision = decide({ ...given, chain });
          expect(decision.result).toBe('refuse');
          expect(decision.pairs.some((pair) => pair.covered)).toBe(false);
        }
        covered += 1;
      }),
    );
    expect(covered).toBeGreaterThan(90);
  });

  test('the missing details, added to every link, cover the call', () => {
    fc.assert(
      fc.property(input, (given) => {
        const decision = decide(given);
        fc.pre(decision.missing.length > 0);
        const chain = given.chain.map((item) => ({
          ...item,
          allowances: [...item.allowances, ...decision.missing.map((scope) => ({ scope }))],
        }));
        expect(decide({ ...given, chain }).pairs.every((pair) => pair.covered)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a link with many allowances decides like each of them alone, also after it was asked about other operations', () => {
    const long = fc.tuple(link, fc.array(allowance, { minLength: 4, maxLength: 20 })).map(([item, members]) => ({
      ...item,
      allowances: [...Array<typeof NOTHING>(40).fill(NOTHING), ...members].map((member, index) => ({
        ...member,
        grant_id: `grt_${index}`,
      })),
    }));
    const call = fc.record({
      connection: fc.constantFrom('railway', 'other'),
      operations: fc.array(resolved, { minLength: 1, maxLength: 3 }),
      now: fc.constantFrom(NOW - 1, NOW, NOW + 1),
    });
    let covered = 0;
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 2 }), fc.array(call, { maxLength: 6 }), (chain, calls) => {
        for (const one of calls) {
          const decision = decide({ ...one, chain, guardrails: SHIPPED_GUARDRAILS });
          if (one.operations.some((operation) => operation.environments.length === 0)) continue;
          const plain = one.operations.flatMap((operation) =>
            operation.environments.map(({ slug }) => chain.map((item) => plainly(item, one, operation, slug))),
          );
          expect(decision.pairs.map((pair) => pair.covered)).toEqual(
            plain.map((links) => links.every(({ lack }) => lack === undefined)),
          );
          expect(decision.pairs.map((pair) => pair.grant_ids)).toEqual(
            plain.map((links) => links.flatMap(({ grant_id }) => grant_id ?? [])),
          );
          expect(decision.reasons.filter(({ rule }) => rule !== 'guardrail').map(({ rule }) => rule)).toEqual(
            plain.flat().flatMap(({ lack }) => lack ?? []),
          );
          covered += decision.pairs.filter((pair) => pair.covered).length;
          // The early refusal uses the same lists.
          const early = refuseUncoverable({ ...one, chain });
          expect(early === undefined).toBe(
            one.operations.every((operation) => chain.every((item) => mayCover(item, one, operation))),
          );
        }
      }),
      { numRuns: 500 },
    );
    expect(covered).toBeGreaterThan(200);
  });
});

/** An allowance that selects none of the operations. */
const NOTHING = {
  scope: detailSchema.parse({
    type: 'provider_operations',
    connection: 'railway',
    environments: ['*'],
    operations: ['x'],
  }),
};

type Call = Pick<DecideInput, 'connection' | 'now'>;
const LACKS = ['operation', 'environment', 'resource', 'argument'] as const;

/** Returns the allowances of a link that are for the connection, have not expired and select an operation, tested one by one. */
const standing = ({ allowances }: ChainLink, { connection, now }: Call, operation: ResolvedOperation) =>
  allowances.filter(
    ({ scope, expires_at = Number.POSITIVE_INFINITY }) =>
      scope.connection === connection && now < expires_at && selectsOperation(scope, operation),
  );

/** The coverage of a pair by the definition: one allowance covers all of it, or else the closest one tells what is lacking. */
function plainly(item: ChainLink, call: Call, operation: ResolvedOperation, slug: string) {
  const lacks = standing(item, call, operation).map(({ scope, grant_id }) => ({
    grant_id,
    lack: coversEnvironment(scope, slug) ? coverOperation(scope, operation) : ('environment' as const),
  }));
  const found = lacks.find(({ lack }) => lack === 'covered');
  if (found !== undefined) return { grant_id: found.grant_id, lack: undefined };
  const lack = LACKS.findLast((one) => lacks.some((each) => each.lack === one)) ?? 'operation';
  return { grant_id: undefined, lack: `${lack}_not_granted` };
}

const mayCover = (item: ChainLink, call: Call, operation: ResolvedOperation): boolean =>
  standing(item, call, operation).some(({ scope }) => coversArguments(scope, operation));
