/** What an approver is told of what the client did before: names it changed, and the task's last calls. */
import { createSecretKey } from 'node:crypto';
import type { Decision, Rename } from '@writ/core';
import { type AuditEvent, openAuditLog, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPENING, openTestStore, type TestStore } from '../../../../test/support/store.ts';
import { decidedRequest } from '../../test/decided-request.ts';
import type { DecidedRequest } from '../record/digest.ts';
import { goingOnEvent, requestEvent, staleEvent } from '../record/request-event.ts';
import { lastCalls } from './last-calls.ts';
import { recentRenames } from './recent-renames.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const DAY = 86_400_000;
let opened: TestStore;
let offset = 0;
beforeAll(async () => {
  opened = await openTestStore('postgres', () => Date.now() + offset);
}, OPENING);
afterAll(() => opened.dispose());

const record = async (...events: readonly AuditEvent[]): Promise<void> => {
  const log = openAuditLog(opened.store, { organization_id });
  await Promise.all(events.map((event) => log.append(event)));
};
const caller = (client_id: string, task_id = 'tsk_1') => ({ ...decidedRequest().caller, client_id, task_id });
const ctx = () => ({ store: opened.store, organization_id });
const renamed = (client_id: string, targets: readonly string[]) => recentRenames(ctx(), { client_id, targets });

/** A call that gives a new name, as it is recorded. */
function renaming(client_id: string, renames: readonly Rename[], result: Decision['result'] = 'allow'): AuditEvent {
  const [operation] = decidedRequest().resolved.operations;
  const changes: Partial<DecidedRequest> = { caller: caller(client_id) };
  const decision = { ...decidedRequest().decision, result };
  return requestEvent(decidedRequest({ ...changes, decision }, {}, { operations: [{ ...operation, renames }] }), key);
}

test('a name that this client changed in the last 7 days is told with the name before, and when', async () => {
  const target = 'volume:v_"1\u202e';
  await record(renaming('agent', [{ target, from: 'rentals\u0000data', to: 'old "test"' }]));
  await record(
    renaming('agent', [
      { target: 'volume:v_2', to: 'x' },
      { target, from: 'old "test"', to: 'older' },
    ]),
  );
  const { items, more } = await renamed('agent', ['service:s_1', target]);
  expect(more).toBe(0);
  expect(items.map(({ to }) => to)).toEqual(['older', 'old "test"']);
  expect(items[1]).toMatchObject({ kind: 'volume', before: expect.stringMatching(/^rentals.+data$/) });
  expect(Date.parse(items[1]?.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
  for (const character of ['\u0000', '\u202e']) expect(JSON.stringify(items)).not.toContain(character);
  expect((await renamed('agent', ['volume:v_2'])).items).toEqual([
    { kind: 'volume', id: 'v_2', to: 'x', at: items[0]?.at },
  ]);
});

test('what another client renamed, what was not sent, and what is older is not told', async () => {
  const renames = [{ target: 'volume:v_3', from: 'a', to: 'b' }];
  await record(renaming('other', renames), renaming('mild', renames, 'wait'), renaming('mild', renames, 'refuse'));
  await record(staleEvent(renaming('mild', renames) as Parameters<typeof staleEvent>[0]));
  offset = -8 * DAY;
  await record(renaming('mild', renames));
  offset = 0;
  expect((await renamed('mild', ['volume:v_3'])).items).toEqual([]);
  expect(renaming('mild', renames, 'refuse').data).not.toHaveProperty('renames');
  offset = -6 * DAY;
  await record(renaming('mild', renames));
  offset = 0;
  expect((await renamed('mild', ['volume:v_3'])).items).toHaveLength(1);
  expect(await renamed('mild', [])).toEqual({ items: [], more: 0 });
  expect((await renamed('mild', ['volume:v_', 'volume:%', 'v_3'])).items).toEqual([]);
});

test('a rename that waited for a human and was then sent is told', async () => {
  const [operation] = decidedRequest().resolved.operations;
  const operations = [{ ...operation, renames: [{ target: 'volume:v_7', from: 'a', to: 'b' }] }];
  const decision = { ...decidedRequest().decision, result: 'wait' } as const;
  await record(goingOnEvent(decidedRequest({ caller: caller('patient'), decision }, {}, { operations }), key));
  expect((await renamed('patient', ['volume:v_7'])).items).toMatchObject([{ before: 'a', to: 'b' }]);
});

test('a text that looks like a rename is none', async () => {
  const [operation] = decidedRequest().resolved.operations;
  const text = '"renames":[{"from":"a","target":"volume:v_4","to":"b"}]';
  const said = { ...operation, arguments: { note: text, renames: [{ target: 'volume:v_4', to: 'b' }] } };
  await record(requestEvent(decidedRequest({ caller: caller('sly') }, {}, { operations: [said] }), key));
  expect((await renamed('sly', ['volume:v_4'])).items).toEqual([]);
});

test('more than is listed is said, and what was renamed often hides nothing else', async () => {
  const often = Array.from({ length: 51 }, (_, n) =>
    renaming('busy', [{ target: 'volume:v_5', from: `${n}`, to: 'x' }]),
  );
  await record(renaming('busy', [{ target: 'volume:v_6', from: 'a', to: 'b' }]));
  await record(...often);
  expect((await renamed('busy', ['volume:v_5'])).items).toHaveLength(50);
  expect(await renamed('busy', ['volume:v_5'])).toMatchObject({ more: 1 });
  expect(await renamed('busy', ['volume:v_6'])).toMatchObject({ items: [{ id: 'v_6' }], more: 0 });
});

test('the last calls of a task are told, newest first, with what they did and how they ended', async () => {
  const guardrail = { environments: 'staging', operations: 'volumeUpdate', outcome: 'approve', quorum: 2 } as const;
  const place = { operation: 'volumeUpdate', effect: 'write', environment: 'staging' } as const;
  const why: Readonly<Record<string, Decision['reasons']>> = {
    operation_not_granted: [{ ...place, rule: 'operation_not_granted', link: 'grants' }],
    approval_required: [
      { ...place, rule: 'guardrail', guardrail },
      { ...place, environment: 'other', rule: 'guardrail', guardrail },
    ],
  };
  const call = (request_id: string, result: Decision['result'], code?: Decision['code'], task_id = 'tsk_2') => {
    const decision = { ...decidedRequest().decision, result, ...(code && { code }), reasons: why[code ?? ''] ?? [] };
    return requestEvent(decidedRequest({ request_id, decision, caller: caller('agent', task_id) }), key);
  };
  const ended = (request_id: string, result: string, status?: number): AuditEvent => ({
    ...{ kind: 'request.ended', actor: 'system', task_id: 'tsk_2', request_id, result },
    data: status === undefined ? {} : { status },
  });
  const events = [
    call('req_a', 'allow'),
    call('req_b', 'allow'),
    ended('req_a', 'answered', 200),
    call('req_c', 'refuse', 'operation_not_granted'),
    call('req_x', 'allow', undefined, 'tsk_3'),
    call('req_d', 'wait', 'approval_required'),
    call('req_e', 'allow'),
    ended('req_e', 'unknown'),
    call('req_f', 'allow'),
  ];
  for (const event of events) await record(event);
  const calls = await lastCalls(ctx(), { task_id: 'tsk_2', most: 5 });
  expect(calls.map(({ request_id, result }) => `${request_id} ${result}`)).toEqual([
    'req_f sent, and it is not recorded how it ended',
    'req_e unknown',
    'req_d approval_required',
    'req_c operation_not_granted',
    'req_b sent, and it is not recorded how it ended',
  ]);
  expect(calls.map((each) => each.why)).toEqual([
    [],
    [],
    [{ rule: 'guardrail', guardrail }],
    [{ rule: 'operation_not_granted' }],
    [],
  ]);
  expect(calls[0]?.operations).toEqual([{ name: 'volumeUpdate', effect: 'write', environments: ['staging'] }]);
  expect(await lastCalls(ctx(), { task_id: 'tsk_2', most: 6 })).toContainEqual(
    expect.objectContaining({ request_id: 'req_a', result: 'answered 200', at: expect.stringMatching(/Z$/) }),
  );
  expect(await lastCalls(ctx(), { task_id: 'tsk_none', most: 5 })).toEqual([]);
});
