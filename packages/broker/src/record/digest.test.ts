/** The digest of a request is for exactly that request: by whom, of what, to where, under which rules (model#request-digest). */
import { type Decision, PART_NAMES, type PartName, SHIPPED_GUARDRAILS } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { decidedRequest } from '../../test/decided-request.ts';
import { type ComparedState, differences, requestDigest, requestParts } from './digest.ts';

const { caller, connection, decision } = decidedRequest();
const [operation = {}] = decidedRequest().resolved.operations;
const FILES = new Map([
  ['files', { origin: 'https://f.example', base_url: 'https://f.example', allow_private: false }],
]);
const STAGING = { id: 'env_1', slug: 'staging', kind: 'other', selector: { environment_ids: ['e_1'] } } as const;
const [RULE, OTHER_RULE] = [SHIPPED_GUARDRAILS[2], SHIPPED_GUARDRAILS[3]] as const;
const BLAST = {
  ...{ dies: ['volume:v_1'], backups_lost: ['backup:b_1'], backups_left: ['backup:b_2', 'backup:b_3'] },
  automatic_left: 2,
};
const COMPARED: ComparedState = { blast: BLAST, stored_state: { 'staged_patch e_1': 'v1' } };
const compared = (changes: Partial<typeof BLAST>) => ({ compared: { ...COMPARED, blast: { ...BLAST, ...changes } } });

const grant = (id: string, operations = '*:write') => ({
  grant_id: id,
  scope: { connection: 'railway', environments: ['staging'], operations: [operations] },
});

type DecidedPair = Decision['pairs'][number];

function pair(changes: Partial<DecidedPair> = {}): DecidedPair {
  return {
    ...{ operation: 'volumeUpdate', effect: 'write', environment: 'staging', covered: true, outcome: 'approve' },
    ...{ approve: true, hold_minutes: 0, grant_ids: ['grt_1'], rules: RULE === undefined ? [] : [RULE] },
    ...changes,
  };
}

const chainOf = (...grants: readonly object[]) =>
  [
    { link: 'token', subject: 'tok_1', allowances: [] },
    { link: 'grants', subject: 'helper', allowances: grants },
  ] as never;

/** A request that a grant covers, that a guardrail makes wait, and that was described. */
const [STANDS, DECIDED] = [
  { connection: { ...connection, environments: [STAGING] }, compared: COMPARED },
  { ...decision, pairs: [pair()] },
];
type Arguments = Parameters<typeof decidedRequest>;
const waiting = (changes: Arguments[0] = {}, sent: Arguments[1] = {}, judged: Arguments[2] = {}) =>
  decidedRequest(
    { ...STANDS, caller: { ...caller, chain: chainOf(grant('grt_1')) }, decision: DECIDED, ...changes },
    sent,
    judged,
  );

const decidedBy = (changes: Partial<DecidedPair>) => ({ decision: { ...DECIDED, pairs: [pair(changes)] } });
const called = (changes: object) => ({ caller: { ...waiting().caller, ...changes } });
const connected = (changes: object) => ({ connection: { ...STANDS.connection, ...changes } });

const CHANGES: readonly (readonly [string, PartName, Arguments])[] = [
  ['the method', 'method', [{}, { method: 'GET' }]],
  ['the path', 'path', [{}, { path: '/y' }]],
  ['a long path', 'path', [{}, { path: `/${'y'.repeat(500)}` }]],
  ['the query', 'query', [{}, { query: 'a=2' }]],
  ['a meaningful header', 'headers', [{}, { headers: { accept: 'c/d' } }]],
  ['a meaningful header that is not there', 'headers', [{}, { headers: {} }]],
  ['a byte of the body', 'body', [{}, { body: Buffer.from('bodY') }]],
  ['the connection', 'connection', [connected({ id: 'con_2' })]],
  ['where it is', 'origin', [connected({ origin: 'https://other.example' })]],
  ['the place of the API', 'origin', [connected({ others: FILES }), { at: 'files' }]],
  [
    'the selector of an environment',
    'environment_rules',
    [connected({ environments: [{ ...STAGING, selector: {} }] })],
  ],
  ['its protection', 'environment_rules', [connected({ environments: [{ ...STAGING, kind: 'protected' }] })]],
  ['the version of the credential', 'credential', [{ credential_version: 2 }]],
  ['that there is none', 'credential', [{ credential_version: undefined }]],
  ['the version of the catalog', 'catalog', [{}, {}, { catalogVersion: '01' }]],
  ['an operation', 'operations', [{}, {}, { operations: [{ ...operation, name: 'other' }] }]],
  ['an effect', 'operations', [{}, {}, { operations: [{ ...operation, effect: 'destroy' }] }]],
  ['a target', 'targets', [{}, {}, { operations: [{ ...operation, targets: [{ kind: 'volume', id: 'v_2' }] }] }]],
  ['its kind', 'targets', [{}, {}, { operations: [{ ...operation, targets: [{ kind: 'thing', id: 'v_1' }] }] }]],
  [
    'the reach',
    'environments',
    [{}, {}, { operations: [{ ...operation, environments: [STAGING, { slug: 'live' }] }] }],
  ],
  [
    "the provider's environment",
    'environments',
    [{}, {}, { operations: [{ ...operation, environments: [{ ...STAGING, places: ['e_2'] }] }] }],
  ],
  ['the client', 'client', [called({ client_id: 'other' })]],
  ['who acts for whom', 'act_chain', [called({ act_chain: ['other'] })]],
  ['the task', 'task', [called({ task_id: 'tsk_2' })]],
  ['what the grant says', 'grants', [called({ chain: chainOf(grant('grt_1', '*:destroy')) })]],
  ['the grant', 'grants', [{ ...called({ chain: chainOf(grant('grt_2')) }), ...decidedBy({ grant_ids: ['grt_2'] }) }]],
  ['the guardrail', 'guardrails', [decidedBy({ rules: OTHER_RULE === undefined ? [] : [OTHER_RULE] })]],
  ['what dies', 'blast_radius', [compared({ dies: ['volume:v_1', 'volume:v_2'] })]],
  ['the backups that die', 'blast_radius', [compared({ backups_lost: [] })]],
  ['the state it acts by', 'stored_state', [{ compared: { ...COMPARED, stored_state: { 'staged_patch e_1': 'v2' } } }]],
];

test.each(CHANGES)('a change of %s changes the digest, and is called %s', (_, part, changes) => {
  const [then, now] = [waiting(), waiting(...changes)];
  expect(requestDigest(now)).not.toBe(requestDigest(then));
  expect(differences(requestParts(then), requestParts(now))).toEqual([part]);
});

test('one more operation changes it', () => {
  const judged = { operations: [operation, operation] };
  expect(requestDigest(waiting({}, {}, judged))).not.toBe(requestDigest(waiting()));
});

test('each part is changed by one row of the table at least', () => {
  expect([...new Set(CHANGES.map(([, part]) => part))].sort()).toEqual([...PART_NAMES].sort());
});

describe('the same request has the same digest', () => {
  const same = (...changes: Arguments) => {
    const [then, now] = [waiting(), waiting(...changes)];
    expect(requestDigest(now)).toBe(requestDigest(then));
    expect(differences(requestParts(then), requestParts(now))).toEqual([]);
  };

  test('whatever id it has, and whichever broker takes it', () => {
    same({ request_id: 'req_other', broker_id: 'brk_other', epochs: [] as never });
    expect(requestDigest(waiting())).toMatch(/^[0-9a-f]{64}$/);
  });

  test('with another volatile header', () => same({}, { headers: { 'x-trace': '1', accept: 'a/b' } }));

  test('by another token of the same task, whatever details it has', () => {
    const details = { link: 'token', subject: 'tok_2', allowances: [grant('grt_x', '*')] };
    same(called({ jti: 'tok_2', kid: 'k2', chain: [details, ...waiting().caller.chain.slice(1)] }));
  });

  test('with another end of the grant, with grants and guardrails that decide nothing, and with other environments', () => {
    same(called({ chain: chainOf({ ...grant('grt_1'), expires_at: 5 }, grant('grt_9')), guardrails: [] }));
    same(
      connected({
        environments: [
          { ...STAGING, id: 'env_2' },
          { ...STAGING, slug: 'live' },
        ],
      }),
    );
  });

  test('with more backups that would be left', () => {
    same(compared({ backups_left: [...BLAST.backups_left, 'backup:b_4'], automatic_left: 3 }));
  });
});

test.each([
  ['a backup that would be left is missing', { backups_left: ['backup:b_2', 'backup:b_9'] }],
  ['fewer backups of the provider would be left', { automatic_left: 1 }],
])('%s: the digest is the same, and what was shown differs', (_, changes) => {
  const now = waiting(compared(changes));
  expect(requestDigest(now)).toBe(requestDigest(waiting()));
  expect(differences(requestParts(waiting()), requestParts(now))).toEqual(['blast_radius']);
});

test('what is remembered of a call is of its connection: the same call by another one has another digest', () => {
  const request = decidedRequest();
  const elsewhere = { ...request, connection: { ...request.connection, id: 'con_2' } };
  expect(requestDigest(elsewhere)).not.toBe(requestDigest(request));
  expect(requestDigest(request)).toBe(requestDigest(decidedRequest()));
});
