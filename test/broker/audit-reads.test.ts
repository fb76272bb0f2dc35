/** What reads of the audit log may cost: beside an embedded database, nothing else is done while a large one is under way. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countAudit, listAudit } from '../../packages/broker/src/audit/list.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';

let it: InProcess;

beforeAll(async () => {
  it = await openInProcess('embedded');
});
afterAll(async () => {
  await it?.close();
});

test('of large reads one at a time is under way for each person; the rest are told to wait', async () => {
  const from = new Date(it.owner().now() - 3_600_000).toISOString();
  const readsOf = (ctx: ReturnType<InProcess['owner']>) => [
    () => countAudit(ctx, { from, buckets: 10 }),
    () => listAudit(ctx, { q: 'nobody wrote this', limit: 10 }),
  ];
  const owner = readsOf(it.owner());
  const other = readsOf(it.as({ ...it.owner().actor, user_id: 'usr_other', role: 'auditor' }));
  const plain = () => listAudit(it.owner(), { kind: 'client.created', limit: 10 });
  const asked = [...owner, ...owner, ...owner, ...other, plain].map((read) => read());
  const busy = { status: 'rejected', reason: { code: 'rate_limited', extras: { retry_after: 1 } } };
  const done = { status: 'fulfilled' };
  const results = await Promise.allSettled(asked);
  expect(results).toMatchObject([done, busy, busy, busy, busy, busy, done, busy, done]);
  // Afterwards the next may begin, also where the read failed.
  const unreadable = { ...it.owner(), organization_id: 'org\u0000' };
  await expect(countAudit(unreadable, { from, buckets: 1 })).rejects.toThrow();
  for (const read of owner) await read();
});
