/** The audit log pruned behind a checkpoint: what may go, what stays, and that what stays is proved, also when it is interrupted. */
import { tendPrunes } from '@writ/broker';
import { leafHash, verifyConsistency, verifyInclusion, verifyLog } from '@writ/core';
import { exportAuditEvents, listAuditEvents, unfinishedPrune } from '@writ/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getCheckpoint } from '../../packages/broker/src/audit/checkpoint.ts';
import { getProof } from '../../packages/broker/src/audit/prove.ts';
import { pruneAudit } from '../../packages/broker/src/audit/prune.ts';
import { getMe } from '../../packages/broker/src/session/me.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

const organization_id = 'default';
const DAY = 24 * 3600_000;
const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

describe.each(DATABASES)('pruning the audit log, %s', (kind) => {
  let opened: InProcess;
  let ctx: ReturnType<InProcess['owner']>;
  beforeAll(async () => {
    opened = await openInProcess(kind, { empty: true });
    ({ ctx } = await opened.signUp());
  }, OPENING);
  afterAll(() => opened.close());

  const db = () => opened.services.store.db;
  /** By a clock that stands still: one call removes for some seconds only, and a busy machine needs more. */
  const still = (): typeof ctx => {
    const now = ctx.now();
    return { ...ctx, now: () => now };
  };
  const run = (text: string) => opened.services.store.driver.script((each) => each({ text }));
  const whole = () => Array.fromAsync(exportAuditEvents(db(), { organization_id }));
  const ago = (days: number): string => new Date(ctx.now() - days * DAY).toISOString();
  const append = (count: number, event: object = {}) =>
    Promise.all(
      Array.from({ length: count }, (_, number) =>
        opened.services.audit.append({ kind: 'test', data: { number }, ...event }),
      ),
    );
  /** Everything so far was written 60 days ago, and is signed. */
  async function age(): Promise<void> {
    await run(`update audit_events set at = now() - interval '60 days' where at > now() - interval '1 day'`);
  }
  async function checkpoint() {
    opened.wait(3_001);
    return await getCheckpoint(ctx, {});
  }
  const signed = ({ size, root }: { size: number; root: string }) => ({
    name: 'the checkpoint',
    size,
    root: bytes(root),
  });

  test('needs a checkpoint that was handed out, and takes nothing that is younger than 30 days', async () => {
    await append(20);
    await age();
    await expect(pruneAudit(still(), { before: ago(31) })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('writ audit checkpoint'),
    });
    for (const before of [ago(29), ago(0), ago(-1)]) {
      await expect(pruneAudit(still(), { before })).rejects.toMatchObject({ code: 'validation_failed' });
    }
    expect(await whole()).toHaveLength(20 + (await first()));
  });

  /** How many entries the set-up left before those of the test. */
  async function first(): Promise<number> {
    return (await whole()).findIndex((entry) => entry.includes('"kind":"test"'));
  }

  test('takes what is old and signed, says what it took, and what remains is proved against every kept checkpoint', async () => {
    const older = await checkpoint();
    await append(600);
    await age();
    const kept = await checkpoint();
    await append(5);
    const before = await whole();
    const answer = await pruneAudit(still(), { before: ago(31) });
    expect(answer).toEqual({ first: 1, last: kept.size, count: kept.size, done: true, limited_by: null });
    const after = await whole();
    expect(after.slice(0, 5)).toEqual(before.slice(kept.size));
    expect(JSON.parse(after.at(-1) ?? '')).toMatchObject({
      kind: 'audit.pruned',
      actor: `user:${ctx.actor.user_id}`,
      data: { first: 1, last: kept.size, count: kept.size, root: kept.root, checkpoint: kept.size },
    });
    const newer = await checkpoint();
    expect(await verifyLog(after, { signed: [signed(kept), signed(newer)] })).toMatchObject({ whole: true });
    expect(await verifyLog(after, { signed: [signed(older)] })).toMatchObject({ fault: 'pruned' });
    for (const [from, to] of [
      [older, kept],
      [older, newer],
      [kept, newer],
    ] as const) {
      const claim = { first: from.size, second: to.size };
      const answer = await getProof(ctx, claim);
      if (answer.kind !== 'consistency') return expect.unreachable('another proof than asked for');
      const roots = { first_root: bytes(from.root), second_root: bytes(to.root) };
      expect(verifyConsistency({ ...claim, ...roots, proof: answer.proof.map(bytes) })).toBe(true);
    }
    const proof = await getProof(ctx, { event: kept.size + 1 });
    if (proof.kind !== 'inclusion') return expect.unreachable('another proof than asked for');
    const claim = { leaf: leafHash(after[0] ?? ''), index: kept.size, size: proof.size };
    expect(verifyInclusion({ ...claim, root: bytes(proof.root), proof: proof.proof.map(bytes) })).toBe(true);
    await expect(getProof(ctx, { event: kept.size })).rejects.toMatchObject({ code: 'not_found' });
    expect(await listAuditEvents(db(), { organization_id, limit: 1000 })).toMatchObject({ next: undefined });
  });

  test('is told to every other owner, and to nobody else', async () => {
    expect((await getMe(ctx)).notices).toEqual([]);
    const id = 'usr_other';
    await run(`insert into users (organization_id, id, email, name, role, created_at)
      values ('default', '${id}', 'other@example.com', 'Other', 'owner', now())`);
    await run(`update sessions set user_id = '${id}'`);
    const other = { ...ctx, actor: { ...ctx.actor, user_id: id } };
    const detail = expect.stringMatching(/^owner@example\.com pruned the audit log: .* entries 1 to \d+\.$/);
    expect((await getMe(other)).notices).toEqual([{ kind: 'audit_pruned', at: expect.any(String), detail }]);
    const approver = { ...other, actor: { ...other.actor, role: 'approver' as const } };
    expect((await getMe(approver)).notices).toEqual([]);
    await run(`update sessions set user_id = '${ctx.actor.user_id}'`);
  });

  describe('again', () => {
    let begin = 0;
    beforeEach(async () => {
      const [oldest] = await whole();
      begin = Number(JSON.parse(oldest ?? '{}').seq);
      await append(30);
    });

    test('goes no further than the last checkpoint that was handed out', async () => {
      const { size } = await checkpoint();
      await append(30);
      await age();
      const answer = await pruneAudit(still(), { before: ago(31) });
      expect(answer).toMatchObject({ first: begin, last: size, limited_by: 'checkpoint' });
      expect(await verifyLog(await whole(), { signed: [] })).toMatchObject({ whole: true, pruned: { first: begin } });
    });

    test('keeps a request that was allowed and never ended, and all that follows it', async () => {
      const [ended] = await append(1, { kind: 'request.allowed', request_id: 'req_ended' });
      await append(1, { kind: 'request.ended', request_id: 'req_ended' });
      const [open] = await append(1, { kind: 'request.allowed', request_id: 'req_open' });
      await age();
      await checkpoint();
      const answer = await pruneAudit(still(), { before: ago(31) });
      expect(answer).toMatchObject({ last: (open?.seq ?? 0) - 1, limited_by: 'open_request' });
      expect(answer.last).toBeGreaterThan(ended?.seq ?? 0);
      expect(await pruneAudit(still(), { before: ago(31) })).toMatchObject({
        count: 0,
        last: null,
        limited_by: 'open_request',
      });
      await append(1, { kind: 'request.ended', request_id: 'req_open' });
      expect(await pruneAudit(still(), { before: ago(31) })).toMatchObject({ first: open?.seq, limited_by: null });
    });

    test('that was interrupted leaves a log that is whole, and is finished by the next broker', async () => {
      await age();
      const kept = await checkpoint();
      const before = await whole();
      // As a broker leaves it that is killed once the log says what is pruned, with some entries removed.
      await expect(pruneAudit({ ...still(), store: stopping() }, { before: ago(31) })).rejects.toThrow('killed');
      await run(`delete from audit_events where seq < ${begin + 7}`);
      expect(await unfinishedPrune(db(), { organization_id })).toMatchObject({ last_seq: kept.size });
      const between = await whole();
      expect(between.length).toBe(before.length - (kept.size - begin + 1) + 1);
      expect(await verifyLog(between, { signed: [signed(kept)] })).toMatchObject({ whole: true });
      await tendPrunes(ctx);
      expect(await unfinishedPrune(db(), { organization_id })).toBeUndefined();
      expect(await whole()).toEqual(between);
      const [row] = (await run('select count(*)::int as n from audit_events')).rows;
      expect(row?.['n']).toBe(between.length);
    });

    /** A store that is gone once it has made one transaction. */
    function stopping() {
      const { store } = opened.services;
      let made = 0;
      const transaction: typeof store.transaction = (work) => {
        made += 1;
        return made > 1 ? Promise.reject(new Error('killed')) : store.transaction(work);
      };
      return { ...store, transaction };
    }

    test('removes no entry that was tampered with: it is evidence', async () => {
      await age();
      const kept = await checkpoint();
      const wrong = begin + 3;
      await run(
        `update audit_events set event = replace(event, '"kind":"test"', '"kind":"nice"') where seq = ${wrong}`,
      );
      await expect(pruneAudit(still(), { before: ago(31) })).rejects.toMatchObject({ code: 'internal' });
      const [row] = (await run(`select event from audit_events where seq = ${wrong}`)).rows;
      expect(row?.['event']).toContain('"kind":"nice"');
      await run(
        `update audit_events set event = replace(event, '"kind":"nice"', '"kind":"test"') where seq = ${wrong}`,
      );
      expect(await pruneAudit(still(), { before: ago(31) })).toMatchObject({ last: kept.size, done: true });
    });

    test('a beginning that somebody cut off without a prune is noticed', async () => {
      const [oldest] = await whole();
      await run(`delete from audit_events where seq <= ${Number(JSON.parse(oldest ?? '{}').seq) + 2}`);
      expect(await verifyLog(await whole(), { signed: [] })).toMatchObject({ whole: false, fault: 'missing', seq: 1 });
    });
  });
});
