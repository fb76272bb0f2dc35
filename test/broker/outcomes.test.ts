/** No allowed request stays without an end in the log: what nobody saw the end of is recorded as unknown. */
import { leaveBrokers, tendBrokers } from '@writ/broker';
import { auditHead, deleteBroker, exportAuditEvents, keepBroker } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemContext } from '../../apps/server/src/system-context.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

describe.each(DATABASES)('requests that were allowed and never ended, on %s', (kind) => {
  let it: InProcess;
  beforeAll(async () => {
    it = await openInProcess(kind);
  }, OPENING);
  afterAll(() => it?.close());

  /** What a broker of that name allowed; with `ended` it also saw the end. */
  async function allowed(broker: string, request_id: string, ended = false): Promise<void> {
    const { audit } = it.services;
    const facts = { client_id: 'robot', task_id: 'tsk_1', connection: 'railway', request_id };
    await audit.append({ kind: 'request.allowed', result: 'allowed', ...facts, data: { broker } });
    if (ended) await audit.append({ kind: 'request.ended', result: 'answered', ...facts });
  }
  const seen = async (id: string, { ago, settled_seq }: { readonly ago: number; readonly settled_seq: number }) => {
    const { store, organization_id, now } = it.services;
    await keepBroker(store.db, { organization_id, id, now: now() - ago, settled_seq });
  };
  const headSeq = async (): Promise<number> => (await auditHead(it.services.store.db, it.services)).seq;
  const ends = async (): Promise<unknown[]> =>
    (await Array.fromAsync(exportAuditEvents(it.services.store.db, it.services)))
      .map((text) => JSON.parse(text))
      .filter((entry) => entry.kind === 'request.ended' && entry.result === 'unknown')
      .map(({ request_id, client_id, task_id, connection, data }) => ({
        request_id,
        client_id,
        task_id,
        connection,
        data,
      }));

  test('by a broker that died are recorded as unknown, once, with what they were; those of one that lives are left alone', async () => {
    await allowed('brk_dead', 'req_settled');
    const settled_seq = await headSeq();
    await allowed('brk_dead', 'req_ended', true);
    await allowed('brk_dead', 'req_lost');
    const decided_in = await headSeq();
    await allowed('brk_alive', 'req_running');
    await seen('brk_dead', { ago: 61_000, settled_seq });
    await seen('brk_alive', { ago: 59_000, settled_seq: 0 });
    await tendBrokers(systemContext(it.services));
    await tendBrokers(systemContext(it.services));
    const lost = { client_id: 'robot', task_id: 'tsk_1', connection: 'railway' };
    const wanted = [
      { ...lost, request_id: 'req_lost', data: { decided_in, reason: 'broker_gone' } },
      // The embedded database has one broker at a time: any other is dead.
      ...(kind === 'embedded'
        ? [{ ...lost, request_id: 'req_running', data: { decided_in: decided_in + 1, reason: 'broker_gone' } }]
        : []),
    ];
    expect(await ends()).toEqual(wanted);
    await deleteBroker(it.services.store.db, { ...it.services, id: 'brk_alive' });
  });

  test('are many, and none is left out', async () => {
    const settled_seq = await headSeq();
    const before = (await ends()).length;
    await Promise.all(Array.from({ length: 1_203 }, (_, index) => allowed('brk_busy', `req_${index}`)));
    await seen('brk_busy', { ago: 61_000, settled_seq });
    await tendBrokers(systemContext(it.services));
    expect((await ends()).length - before).toBe(1_203);
  });

  test('by a broker that stops are recorded as unknown before it ends, and nothing begins any more', async () => {
    const { underway } = it.services.live;
    const facts = { client_id: 'robot', task_id: 'tsk_2', connection: 'railway' };
    const floor = underway.settled();
    underway.begin('req_stopped', facts).allowed(floor + 7);
    expect(underway.settled()).toBe(floor + 6);
    const cuts: string[] = [];
    underway.onStop((why) => cuts.push(why));
    await leaveBrokers(systemContext(it.services));
    expect(cuts).toEqual(['stopping']);
    expect((await ends()).at(-1)).toEqual({
      request_id: 'req_stopped',
      ...facts,
      data: { decided_in: floor + 7, reason: 'stopping' },
    });
    expect(() => underway.begin('req_late', facts)).toThrow('Writ is being stopped.');
    expect(underway.settled()).toBe(floor + 7);
  });
});
