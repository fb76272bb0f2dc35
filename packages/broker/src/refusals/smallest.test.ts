/** The smallest details: as narrow as the log allows, and enough, by the real decision. */

import { createSecretKey } from 'node:crypto';
import { type Detail, decide, type Effect, type ResolvedOperation } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { refusedData } from '../record/request-event.ts';
import { type RecordedRefusal, recordedRefusal } from './recorded.ts';
import { conditionsOf, isCutShort, smallestDetails } from './smallest.ts';
import { whyNoGrant } from './why-no-grant.ts';

const KEY = createSecretKey(Buffer.alloc(32, 1));
const KNOWN = {
  baseEffect: (name: string): Effect => (name === 'read' ? 'read' : 'write'),
  hasArgument: () => true,
  resourceKinds: ['volume'],
};

function operation(name: string, effect: Effect, more: Partial<ResolvedOperation> = {}): ResolvedOperation {
  return {
    ...{ name, effect, base_effect: KNOWN.baseEffect(name), arguments: {}, secret_arguments: [] },
    ...{ targets: [], containers: [], environments: [{ slug: 'staging', kind: 'other' }], ...more },
  };
}

const volume = (id: string) => ({ kind: 'volume', id, within: [] });
const places = (...slugs: string[]) => ({ environments: slugs.map((slug) => ({ slug, kind: 'other' as const })) });
const chainOf = (scopes: readonly Omit<Detail, 'type'>[]) =>
  [{ link: 'grants', subject: 'agent', allowances: scopes.map((scope) => ({ scope })) }] as const;

function decided(operations: readonly ResolvedOperation[], scopes: readonly Omit<Detail, 'type'>[]) {
  const guardrails = [{ environments: 'other', operations: '*', outcome: 'allow' }] as const;
  return decide({ connection: 'acme', chain: chainOf(scopes), guardrails, operations, now: 0 });
}

/** As the log has it, read back from it. */
function refusedWith(operations: readonly ResolvedOperation[], scopes: readonly Omit<Detail, 'type'>[] = []) {
  const decision = decided(operations, scopes);
  const data = refusedData({ operations, decision }, KEY);
  const entry = JSON.stringify({ kind: 'request.refused', at: 'now', result: decision.code, data });
  const refused = recordedRefusal(entry);
  if (refused === undefined) throw new Error('not read');
  return refused;
}

const CALLS: readonly (readonly [string, readonly ResolvedOperation[]])[] = [
  ['a read', [operation('read', 'read')]],
  ['a raised effect', [operation('update', 'destroy', { targets: [volume('v_1')], arguments: { id: 'v_1' } })]],
  ['several environments', [operation('update', 'write', places('production', 'staging'))]],
  [
    'the same operation twice, with other arguments and the same target',
    [1, 2].map((size) => operation('update', 'write', { targets: [volume('v_1')], arguments: { size } })),
  ],
  [
    'operations that are alike and some that are not',
    [operation('read', 'read'), operation('add', 'write'), operation('drop', 'destroy', places('production'))],
  ],
  [
    'arguments of every kind',
    [
      operation('add', 'write', {
        arguments: {
          ...{ name: 'web', size: 3, force: false, none: null, empty: [], tags: ['a', 'b', 'a'], same: ['x', 'x'] },
          ...{ deep: { rows: [{ id: 'r1' }, { id: 'r2', note: 'n' }] }, 'dotted.name': 'x', token: 'fake-secret' },
          ...{ hidden: 'a\u202eb', long: 'y'.repeat(1_001) },
        },
        secret_arguments: ['token'],
      }),
    ],
  ],
];

describe('the smallest details', () => {
  test.each(CALLS)('are enough for the call that was refused: %s', (_, operations) => {
    const refused = refusedWith(operations);
    const details = smallestDetails('acme', refused, KNOWN) as Detail[];
    expect(details.length).toBeGreaterThan(0);
    expect(decided(operations, details).pairs.map(({ covered }) => covered)).not.toContain(false);
  });

  test('name each environment, target and argument, and no more', () => {
    const one = operation('update', 'destroy', {
      ...{ targets: [volume('v_1'), volume('v_2')], arguments: { id: 'v_1', tags: ['a', 'b'] } },
      ...places('production', 'staging'),
    });
    expect(smallestDetails('acme', refusedWith([one]), KNOWN)).toEqual([
      {
        ...{ type: 'provider_operations', connection: 'acme', environments: ['production', 'staging'] },
        ...{ operations: ['update:destroy'], resources: ['volume:v_1', 'volume:v_2'] },
        arguments: { update: { id: { equals: 'v_1' }, 'tags[]': { one_of: ['a', 'b'] } } },
      },
    ]);
  });

  test('leave out what was covered, and the environments in which it was', () => {
    const operations = [operation('read', 'read'), operation('add', 'write', places('production', 'staging'))];
    const granted = { connection: 'acme', environments: ['staging'], operations: ['*'] };
    const [only, ...others] = smallestDetails('acme', refusedWith(operations, [granted]), KNOWN);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ environments: ['production'], operations: ['add'] });
  });

  test('leave out what the grants cover, though the token names less', () => {
    const operations = [operation('read', 'read'), operation('add', 'write')];
    const allowances = [{ scope: { connection: 'acme', environments: ['staging'], operations: ['read'] } }];
    const chain = [
      { link: 'token', subject: 'tok_1', allowances: [] },
      { link: 'grants', subject: 'agent', allowances },
    ] as const;
    const decision = decide({ connection: 'acme', chain, guardrails: [], operations, now: 0 });
    const data = refusedData({ operations, decision }, KEY);
    const refused = recordedRefusal(JSON.stringify({ kind: 'request.refused', at: 'now', data })) as RecordedRefusal;
    expect(smallestDetails('acme', refused, KNOWN)).toMatchObject([{ operations: ['add'] }]);
    const alone = decide({ connection: 'acme', chain: [chain[0]], guardrails: [], operations, now: 0 });
    const lacking = refusedData({ operations, decision: alone }, KEY);
    const only = recordedRefusal(
      JSON.stringify({ kind: 'request.refused', at: 'now', data: lacking }),
    ) as RecordedRefusal;
    expect(smallestDetails('acme', only, KNOWN)).toMatchObject([{ operations: ['read', 'add'] }]);
  });

  test('no secret argument, none that the log changed or cut, and no kind that a grant cannot name', () => {
    const values = { token: { secret: 'ab', length: 3 }, hidden: 'a\\u{202e}b', cut: 'abc…', plain: 'x' };
    expect(conditionsOf(values, () => true)).toEqual({ plain: { equals: 'x' } });
    expect(conditionsOf({ omitted: 'ab', length: 5_000 }, () => true)).toBeUndefined();
    expect(conditionsOf({ plain: 'x' }, () => false)).toBeUndefined();
    const admitted = operation('add', 'write', { targets: [{ kind: 'unreviewed', id: 'input.new', within: [] }] });
    expect(smallestDetails('acme', refusedWith([admitted]), KNOWN)[0]).not.toHaveProperty('resources');
  });

  test('without an environment where nothing covered the call anywhere', () => {
    const reasons = [
      { operation: 'add', effect: 'write', environment: '*', rule: 'operation_not_granted', link: 'grants' },
    ];
    const recorded = {
      kind: 'request.refused',
      at: 'now',
      data: { operations: [{ name: 'add', effect: 'write' }], reasons },
    };
    const details = smallestDetails('acme', recordedRefusal(JSON.stringify(recorded)) as RecordedRefusal, KNOWN);
    expect(details).toEqual([{ type: 'provider_operations', connection: 'acme', operations: ['add'] }]);
  });

  test('are not made up where the log does not have all of it', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => operation(`add${at}`, 'write'));
    expect(isCutShort(refusedWith(many(40)))).toBe(false);
    expect(isCutShort(refusedWith(many(41)))).toBe(true);
    expect(smallestDetails('acme', refusedWith(many(40)), KNOWN).flatMap(({ operations }) => operations)).toHaveLength(
      40,
    );
    const slugs = Array.from({ length: 40 }, (_, at) => `e${at}`);
    expect(isCutShort(refusedWith([operation('add', 'write', places(...slugs))]))).toBe(true);
    // A grant that leaves its targets out would be for all there are.
    const on = (...ids: string[]) => refusedWith([operation('drop', 'destroy', { targets: ids.map(volume) })]);
    expect(isCutShort(on('v_1', 'v_2'))).toBe(false);
    expect(isCutShort(on(...slugs))).toBe(true);
    expect(isCutShort(on('v_1', 'v\u202e2'))).toBe(true);
    expect(isCutShort(on('v'.repeat(400)))).toBe(true);
    const long = Array.from({ length: 39 }, (_, at) => volume(`${at}`.padEnd(290, 'v')));
    expect(isCutShort(refusedWith(many(10).map((one) => ({ ...one, targets: long }))))).toBe(true);
  });
});

test.each([
  ['a guardrail', 'request.refused', 'guardrail_denied', /A guardrail forbids it \(drop in production\): no grant/],
  ['a freeze', 'request.refused', 'frozen', /^Frozen by Ada: incident\. No grant changes that\.$/],
  ['what is not known', 'request.refused', 'operation_unknown', /No grant changes that/],
  ['a change meanwhile', 'request.refused', 'stale', /can be sent again/],
  ['a wait', 'request.waiting', 'approval_required', /waits for a person/],
  ['a token request for a wrong name', 'token.refused', 'invalid_authorization_details', /No grant changes that/],
] as const)('refused by %s, no grant would have done, and why is said', (_, kind, result, why) => {
  const guardrail = { environments: 'production', operations: 'drop', outcome: 'deny' };
  const reasons = [{ operation: 'drop', effect: 'destroy', environment: 'production', rule: 'guardrail', guardrail }];
  const detail = result === 'frozen' ? 'Frozen by Ada: incident.' : undefined;
  const data = { reasons, ...(detail !== undefined && { detail }) };
  const refused = recordedRefusal(JSON.stringify({ kind, at: 'now', result, data })) as RecordedRefusal;
  expect(whyNoGrant(refused)).toMatch(why);
});

test('a limit that is used up is no missing grant', () => {
  const reasons = [{ operation: 'add', effect: 'write', environment: '*', rule: 'limit_reached' }];
  const entry = { kind: 'request.refused', at: 'now', result: 'operation_not_granted', data: { reasons } };
  expect(whyNoGrant(recordedRefusal(JSON.stringify(entry)) as RecordedRefusal)).toMatch(
    /limit of its grants is used up/,
  );
});
