import { introspectToken } from '@writ/broker';
import type { Effect, ErrorCode, Operation } from '@writ/core';
import { readCompact } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { type Countable, countedOf, countRefused, recordDestroying } from '../../packages/broker/src/freeze/breaker.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { listFreezes } from '../../packages/broker/src/freeze/list.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { type InProcess, openTwo, type TwoBrokers } from '../support/in-process.ts';
import { DATABASES } from '../support/store.ts';
import { basic, ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

describe.each(DATABASES)('while one of two connections is frozen, on %s', (kind) => {
  let it: TokenScene;
  let before: string;
  let freeze: string;
  beforeAll(async () => {
    it = await openTokenScene(kind);
    const value = `not-a-real-token-${kind}`;
    const credential = { kind: 'account_token', value };
    await createConnection(it.owner(), { slug: 'second', provider: 'railway', base_url: it.railway.url, credential });
    await createGrant(it.owner(), {
      client_id: 'helper',
      connection: 'second',
      environments: ['shared'],
      operations: ['*:read'],
    });
    before = tokenOf(await it.ask({ resource: `${ISSUER}/gateway/railway` }));
    freeze = (await createFreeze(it.owner(), { connection: 'railway', reason: 'a leak' })).id;
  });
  afterAll(() => it?.close());

  const connections = (reply: Awaited<ReturnType<TokenScene['ask']>>): unknown =>
    (Reflect.get(reply.body, 'authorization_details') as { connection: string }[]).map(({ connection }) => connection);
  const active = async (token: string) => {
    const form = new URLSearchParams({ token }).toString();
    const { body } = await introspectToken(it.anyone(), { authorization: basic('helper', it.secret), form });
    return body['active'];
  };
  const detail = (connection: string) => ({
    type: 'provider_operations',
    connection,
    environments: ['shared'],
    operations: ['*:read'],
  });
  const REFUSED = { error: 'access_denied', error_description: 'This connection was frozen: a leak.' };

  test('a token for it, or for details that name it, is refused with the reason', async () => {
    expect((await it.ask({ resource: `${ISSUER}/gateway/railway` })).body).toEqual(REFUSED);
    const authorization_details = JSON.stringify([detail('second'), detail('railway')]);
    expect((await it.ask({ authorization_details })).body).toEqual(REFUSED);
  });

  test('a token for all that is granted is for the other one alone, and the token for it is not active', async () => {
    const reply = await it.ask({});
    expect(connections(reply)).toEqual(['second']);
    const inside = readCompact(tokenOf(reply)).payload['authorization_details'];
    expect(JSON.stringify(inside)).not.toContain('"railway"');
    expect(await active(tokenOf(reply))).toBe(true);
    expect(await active(before)).toBe(false);
  });

  test('lifted, tokens are for both again', async () => {
    await deleteFreeze(it.owner(), { id: freeze });
    expect(connections(await it.ask({}))).toEqual(['railway', 'second']);
    expect(await active(before)).toBe(true);
  });
});

describe.each(DATABASES)('the circuit breaker, on %s', (kind) => {
  let two: TwoBrokers;
  let brokers: TwoBrokers['brokers'];
  let it: InProcess;
  beforeAll(async () => {
    two = await openTwo(kind);
    ({ brokers } = two);
    [it] = brokers;
  });
  afterAll(() => two?.close());

  let asked = 0;
  const countable = (of: {
    task_id: string;
    effect: Effect;
    refused?: ErrorCode;
    name?: string;
    times?: number;
  }): Countable => {
    const operation = { name: of.name ?? 'volumeDelete', effect: of.effect, targets: [] } as unknown as Operation;
    const operations = Array.from({ length: of.times ?? 1 }, () => operation);
    asked += 1;
    return { ...of, request_id: `req_${asked}`, client_id: 'helper', operations, refused: of.refused };
  };
  const destroy = async ({ services }: InProcess, task_id: string, more: { name?: string; times?: number } = {}) => {
    const counted = countedOf(services, countable({ task_id, effect: 'destroy', name: task_id, ...more }));
    if (counted === undefined) throw new Error('it is not counted');
    const event = { kind: 'request.allowed', task_id, request_id: counted.request_id } as const;
    return await recordDestroying(services, counted, { event, epochs: [] });
  };
  const refuse = async ({ services }: InProcess, task_id: string, refused: ErrorCode, effect: Effect = 'escalate') => {
    const counted = countedOf(services, countable({ task_id, effect, refused, name: task_id }));
    return counted === undefined ? 'not counted' : (await countRefused(services, counted))?.code;
  };
  const eventsOf = async (task_id: string) =>
    (await it.audit()).filter((event) => event['task_id'] === task_id).map(({ kind }) => kind);

  test('of thirty deletions at once, at two brokers, ten are recorded, and one freeze', async () => {
    const all = Array.from({ length: 30 }, (_, at) => destroy(brokers[at % 2] ?? it, 'tsk_many'));
    const results = await Promise.allSettled(all);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const each of results) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'frozen' });
    const events = await eventsOf('tsk_many');
    expect(events.filter((one) => one === 'request.allowed')).toHaveLength(10);
    expect(events.filter((one) => one === 'task.frozen')).toHaveLength(1);
    const { items } = await listFreezes(it.owner(), { limit: 10 });
    expect(items).toMatchObject([{ scope: 'task', subject: 'tsk_many', created_by: 'system' }]);
    await expect(brokers[1]?.services.live.clients.refuseFrozenTask('tsk_many')).rejects.toMatchObject({
      code: 'frozen',
    });
  });

  test('every deletion of a call counts, and what was a minute ago does not', async () => {
    await destroy(it, 'tsk_ten', { times: 10 });
    await it.services.store.db.execute(
      `update breaker_counts set at = at - interval '1 minute' where task_id = 'tsk_ten'`,
    );
    await destroy(it, 'tsk_ten', { times: 4 });
    await expect(destroy(it, 'tsk_ten', { times: 7 })).rejects.toMatchObject({ code: 'frozen' });
    expect((await eventsOf('tsk_ten')).sort()).toEqual(['request.allowed', 'request.allowed', 'task.frozen']);
  });

  test('once a person has lifted its freeze, what was counted before freezes it no more', async () => {
    await destroy(it, 'tsk_lifted', { times: 10 });
    await expect(destroy(it, 'tsk_lifted')).rejects.toMatchObject({ code: 'frozen' });
    const { items } = await listFreezes(it.owner(), { limit: 10 });
    await deleteFreeze(it.owner(), { id: items.find(({ subject }) => subject === 'tsk_lifted')?.id ?? '' });
    await destroy(it, 'tsk_lifted', { times: 10 });
    await expect(destroy(it, 'tsk_lifted')).rejects.toMatchObject({ code: 'frozen' });
  });

  test('what has moved meanwhile is told, and nothing is recorded or counted', async () => {
    const counted = countedOf(it.services, countable({ task_id: 'tsk_old', effect: 'destroy' }));
    const epoch = { scope: 'task', subject: 'tsk_many', epoch: 0 } as const;
    const event = { kind: 'request.allowed', task_id: 'tsk_old' } as const;
    const recorded = await recordDestroying(it.services, counted as NonNullable<typeof counted>, {
      event,
      epochs: [epoch],
    });
    expect(recorded.stale).toMatchObject([{ scope: 'task', subject: 'tsk_many' }]);
    expect(await eventsOf('tsk_old')).toEqual([]);
    const { rows } = (await it.services.store.db.execute(
      `select 1 from breaker_counts where task_id = 'tsk_old'`,
    )) as unknown as { rows?: unknown[] };
    expect(rows ?? []).toEqual([]);
  });

  test('the eleventh refusal of what escalates freezes the task, and nothing that asks for a human counts', async () => {
    for (const code of [
      'approval_required',
      'approval_pending',
      'held',
      'frozen',
      'rate_limited',
      'upstream_unavailable',
    ] as const)
      expect(await refuse(it, 'tsk_tries', code)).toBe('not counted');
    for (const effect of ['read', 'write', 'reveal', 'execute', 'destroy'] as const)
      expect(await refuse(it, 'tsk_tries', 'operation_not_granted', effect)).toBe('not counted');
    for (let at = 0; at < 10; at += 1)
      expect(await refuse(brokers[at % 2] ?? it, 'tsk_tries', 'guardrail_denied')).toBeUndefined();
    expect(await refuse(it, 'tsk_tries', 'operation_not_granted')).toBe('frozen');
    expect(await eventsOf('tsk_tries')).toEqual(['task.frozen']);
  });
});
