/** The conditions of guardrails: when a rule that tightens holds, and when one that names operation and place decides alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../json/json.ts';
import type { ArgumentCondition } from '../scope/detail.ts';
import { type Guardrail, guardrailSchema, SHIPPED_GUARDRAILS, type When, whenLines } from '../scope/guardrail.ts';
import { guardPair } from './guard.ts';
import { type Standing, standingOf } from './when.ts';

const PRODUCTION = { slug: 'production', kind: 'protected' } as const;
const LARGE: When = { 'input.amount': { at_least: 5000 } };
const WEB: When = { 'target.name': { starts_with: 'acme/web' } };

const standsAt = (condition: ArgumentCondition, value: JsonValue | undefined): Standing =>
  standingOf({ arguments: value === undefined ? {} : { x: value } }, { x: condition });

describe('how a value stands to a condition', () => {
  test.each<[string, ArgumentCondition, JsonValue | undefined, Standing]>([
    ['a large amount', { at_least: 5000 }, 5000, 'inside'],
    ['a small amount', { at_least: 5000 }, 4999.99, 'outside'],
    ['an absent amount is not a small one', { at_least: 5000 }, undefined, 'unclear'],
    ['nor is null', { at_least: 5000 }, null, 'unclear'],
    ['nor is a text', { at_least: 5000 }, '1', 'unclear'],
    ['nor is a truth value', { at_most: 5000 }, false, 'unclear'],
    ['nor is an object', { at_least: 5000 }, { amount: 1 }, 'unclear'],
    ['nor is a list, where the path leads to one', { at_least: 5000 }, [1], 'unclear'],
    ['an absent amount is not a large one either', { at_most: 5000 }, undefined, 'unclear'],
    ['a number for a text', { equals: '5' }, 6, 'unclear'],
    ['a text for a number', { equals: 5 }, '6', 'unclear'],
    ['operands of two types are never plainly missed', { one_of: ['a', 5] }, 'b', 'unclear'],
    ['another truth value', { equals: true }, false, 'outside'],
    ['the same text', { equals: 'production' }, 'production', 'inside'],
    ['another text', { equals: 'production' }, 'staging', 'outside'],
    ['the text in another case', { equals: 'production' }, 'PRODUCTION', 'unclear'],
    ['with space around it', { equals: 'production' }, '\u00a0production\n', 'unclear'],
    ['with dots behind it', { equals: 'example.com' }, 'Example.com. .', 'unclear'],
    ['in another Unicode form', { equals: 'caf\u00e9' }, 'cafe\u0301', 'unclear'],
    ['in wide letters', { equals: 'prod' }, 'ｐｒｏｄ', 'unclear'],
    ['with a letter that is only another case of two', { equals: 'strasse' }, 'STRAßE', 'unclear'],
    ['with what nobody sees in it', { equals: 'prod' }, 'pr\u200bo\u00add', 'unclear'],
    ['one of several in another case', { one_of: ['a', 'b'] }, 'B', 'unclear'],
    ['none of several', { one_of: ['a', 'b'] }, 'c', 'outside'],
    ['a prefix', { starts_with: 'acme/web' }, 'acme/website', 'inside'],
    ['a prefix in another case', { starts_with: 'acme/web' }, ' ACME/Web', 'unclear'],
    ['a prefix whose last letter has an accent', { starts_with: 'acme/we' }, 'acme/w\u00e9b', 'unclear'],
    ['no prefix', { starts_with: 'acme/web' }, 'acme/docs', 'outside'],
    ['an end', { ends_with: '.example.com' }, 'a.example.com', 'inside'],
    ['an end with a dot behind it', { ends_with: '.example.com' }, 'a.EXAMPLE.com.', 'unclear'],
    ['no end', { ends_with: '.example.com' }, 'a.example.org', 'outside'],
  ])('%s', (_what, condition, value, expected) => {
    expect(standsAt(condition, value)).toBe(expected);
  });

  test.each<[string, JsonObject, Standing]>([
    ['a list all of which is inside', { labels: ['prod-a', 'prod-b'] }, 'inside'],
    ['one element inside', { labels: ['prod-a', 'x'] }, 'unclear'],
    ['all of it outside', { labels: ['x', 'y'] }, 'outside'],
    ['an empty list', { labels: [] }, 'unclear'],
    ['a place that is null', { labels: ['x', null] }, 'unclear'],
    ['an element of another type', { labels: ['x', 1] }, 'unclear'],
    ['a list in a list, one element of which is inside', { labels: [['prod-a'], ['x']] }, 'unclear'],
    ['a single value in the place of a list', { labels: 'prod-a' }, 'unclear'],
  ])('%s', (_what, values, expected) => {
    expect(standingOf({ arguments: values }, { 'labels[]': { starts_with: 'prod' } })).toBe(expected);
  });

  test('of several conditions one plainly missed is enough to be outside, and all must be met to be inside', () => {
    const both: When = { amount: { at_least: 5000 }, currency: { equals: 'eur' } };
    const at = (values: JsonObject) => standingOf({ arguments: values }, both);
    expect(at({ amount: 6000, currency: 'eur' })).toBe('inside');
    expect(at({ amount: 6000 })).toBe('unclear');
    expect(at({ amount: 1, currency: 'eur' })).toBe('outside');
    expect(at({ amount: 1 })).toBe('outside');
    expect(at({})).toBe('unclear');
  });

  test('targets are compared by the names and ids that the provider gives, all of them', () => {
    const named = (...names: (string | undefined)[]) =>
      standingOf(
        {
          arguments: { name: 'other' },
          targets: names.map((name) => ({ id: '1', ...(name !== undefined && { name }) })),
        },
        WEB,
      );
    expect(named('acme/web-1', 'acme/web')).toBe('inside');
    expect(named('acme/web', 'acme/docs')).toBe('unclear');
    expect(named('acme/docs', 'acme/api')).toBe('outside');
    expect(named('ACME/WEB')).toBe('unclear');
    expect(named('acme/docs', undefined)).toBe('unclear');
    expect(named()).toBe('unclear');
    const byId: When = { 'target.id': { one_of: ['v_1', 'v_2'] } };
    expect(standingOf({ targets: [{ id: 'v_1' }] }, byId)).toBe('inside');
    expect(standingOf({ targets: [{ id: 'v_3' }] }, byId)).toBe('outside');
    // An argument of the same path is no name of a target.
    expect(standingOf({ arguments: { target: { name: 'acme/docs' } } }, WEB)).toBe('unclear');
  });
});

const REFUND = { name: 'refund', effect: 'destroy', base_effect: 'destroy' } as const;
const rule = (more: Partial<Guardrail>): Guardrail =>
  guardrailSchema.parse({ environments: 'production', operations: 'refund', outcome: 'allow', ...more });
const judged = (amount: JsonValue | undefined, ...rules: Guardrail[]) => {
  const operation = { ...REFUND, arguments: { input: amount === undefined ? {} : { amount } } };
  const { approve, hold_minutes, outcome } = guardPair(
    [...SHIPPED_GUARDRAILS, ...rules],
    'acme',
    operation,
    PRODUCTION,
  );
  return outcome === 'deny' ? 'deny' : `${approve ? 'approve' : 'allow'} ${hold_minutes}`;
};
const SHIPPED = 'approve 60';

test('texts as large as a request are compared in linear time, whatever they are made of', () => {
  for (const piece of [' ', '.', '. ', '\ufdfa', '\u0301', 'ﬃ']) {
    const text = `x${piece.repeat(2 ** 20 / Buffer.byteLength(piece))}x`;
    for (const condition of [{ equals: 'y' }, { starts_with: 'y' }, { ends_with: 'y' }])
      expect(standsAt(condition, text)).toBe('outside');
  }
});

describe('a rule that names one operation in one environment', () => {
  test('decides alone only where everything named is there and plainly inside', () => {
    const small = rule({ when: { 'input.amount': { at_most: 5000 } } });
    expect([5000, 5001, undefined, null, '1', [1]].map((amount) => judged(amount, small))).toEqual([
      'allow 0',
      ...Array(5).fill(SHIPPED),
    ]);
    // One that tightens replaces the others where it is met, and is only added to them where that is not certain.
    const approve = rule({ outcome: 'approve', when: LARGE });
    expect(judged(5000, approve)).toBe('approve 0');
    expect(judged(undefined, approve)).toBe(SHIPPED);
    expect(judged(1, approve)).toBe(SHIPPED);
    const deny = rule({ outcome: 'deny', when: LARGE });
    expect([5000, 1, undefined].map((amount) => judged(amount, deny))).toEqual(['deny', SHIPPED, 'deny']);
  });

  test('is added to others that decide alone, unless the call is plainly outside', () => {
    const rules = [rule({}), rule({ outcome: 'approve', when: LARGE })];
    expect([5000, undefined, '1', 1].map((amount) => judged(amount, ...rules))).toEqual([
      'approve 0',
      'approve 0',
      'approve 0',
      'allow 0',
    ]);
  });

  test('that allows never counts where its conditions are not met, not even where nothing else does', () => {
    const alone = [rule({ when: { 'input.amount': { at_most: 5 } } })];
    const at = (amount?: number) =>
      guardPair(alone, 'acme', { ...REFUND, arguments: { input: { amount: amount ?? null } } }, PRODUCTION).outcome;
    expect([at(5), at(6), at()]).toEqual(['allow', 'deny', 'deny']);
  });
});

test('of a call whose arguments are not known a rule that tightens holds, and none loosens', () => {
  const outcome = (...rules: Guardrail[]) =>
    guardPair([...SHIPPED_GUARDRAILS, ...rules], 'acme', REFUND, PRODUCTION).outcome;
  expect(outcome(rule({ when: LARGE }))).toBe('hold');
  expect(outcome(rule({ environments: 'protected', outcome: 'deny', when: LARGE }))).toBe('deny');
});

describe('for generated rules and calls', () => {
  const conditions: fc.Arbitrary<ArgumentCondition> = fc.constantFrom<ArgumentCondition>(
    { at_least: 2 },
    { at_most: 1 },
    { equals: 'a' },
    { one_of: ['a', 'B'] },
    { starts_with: 'a' },
  );
  const whens = fc
    .dictionary(fc.constantFrom('x', 'y', 'list[]', 'target.name'), conditions, { minKeys: 1, maxKeys: 2 })
    .map((when) => ({ ...when }));
  const leaves = fc.constantFrom<JsonValue>(1, 2, 'a', 'A', 'b', null, [], ['a'], ['a', 'b'], ['b']);
  const calls = fc.record({
    arguments: fc.dictionary(fc.constantFrom('x', 'y', 'list'), leaves).map((values) => ({ ...values })),
    targets: fc.array(fc.record({ id: fc.constant('1'), name: fc.constantFrom('a', 'A', 'b') }), { maxLength: 2 }),
  });
  const outcomes = fc.constantFrom<Partial<Guardrail>>(
    { outcome: 'allow' },
    { outcome: 'approve' },
    { outcome: 'approve', quorum: 3 },
    { outcome: 'hold', hold_minutes: 90 },
    { outcome: 'deny' },
  );
  const places = fc.constantFrom<Partial<Guardrail>>(
    {},
    { environments: 'protected' },
    { operations: 'ref*:destroy' },
    { operations: 'refund:destroy' },
  );
  const rules = fc
    .tuple(outcomes, places, fc.option(whens, { nil: undefined }))
    .map(([outcome, place, when]) => rule({ ...outcome, ...place, ...(when && { when }) }));
  const others = fc.array(rules, { maxLength: 3 }).map((more) => [...SHIPPED_GUARDRAILS, ...more]);
  const strictness = (guardrails: readonly Guardrail[], call: object) => {
    const pair = guardPair(guardrails, 'acme', { ...REFUND, ...call }, PRODUCTION);
    const { outcome, approve, quorum = 1, hold_minutes } = pair;
    return outcome === 'deny' ? [1, 99, 1e6] : [0, approve ? quorum : 0, hold_minutes];
  };
  const isMilder = (then: number[], now: number[]) => then.some((each, index) => each < (now[index] ?? 0));

  test('a rule loosens nothing unless it names operation and place, and the call is plainly inside its conditions', () => {
    let tried = 0;
    fc.assert(
      fc.property(others, rules, calls, (standing, added, call) => {
        const isPrecise = added.environments === 'production' && !added.operations.includes('*');
        if (isPrecise && (added.when === undefined || standingOf(call, added.when) === 'inside')) return;
        tried += 1;
        const [now, then] = [strictness(standing, call), strictness([...standing, added], call)];
        expect(isMilder(then, now), JSON.stringify({ now, then })).toBe(false);
      }),
      { numRuns: 5000 },
    );
    expect(tried).toBeGreaterThan(1000);
  });

  test('a rule that tightens holds as without its conditions, unless the call is plainly outside them', () => {
    fc.assert(
      fc.property(rules, calls, ({ when, ...plain }, call) => {
        if (when === undefined || plain.outcome === 'allow' || standingOf(call, when) === 'outside') return;
        const alone = [...SHIPPED_GUARDRAILS, { ...plain, when }];
        expect(isMilder(strictness(alone, call), strictness([...SHIPPED_GUARDRAILS, plain], call))).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });
});

test('conditions are a list of one comparison each, in words', () => {
  const written = (when: object) => guardrailSchema.safeParse({ ...rule({}), when }).success;
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`x${index}`, { equals: 1 }]));
  expect([
    written(LARGE),
    written({}),
    written({ x: {} }),
    written({ x: { equals: 1, at_most: 1 } }),
    written(nine),
  ]).toEqual([true, ...Array(4).fill(false)]);
  expect(whenLines({ ...LARGE, 'target.name': { one_of: ['a', 'b'] } })).toEqual([
    'input.amount at_least 5000',
    'target.name one_of a, b',
  ]);
});
