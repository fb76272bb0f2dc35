/** What large reads may cost: beside an embedded database, nothing else is done while one is under way. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { countAudit, listAudit } from '../../packages/broker/src/audit/list.ts';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { listReach } from '../../packages/broker/src/clients/reach.ts';
import { getExposure } from '../../packages/broker/src/exposure/get.ts';
import { listRefusals } from '../../packages/broker/src/refusals/of-client.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';

let it: InProcess;

beforeAll(async () => {
  it = await openInProcess('embedded');
  const auth = { method: 'client_secret_basic' } as const;
  await createClient(it.owner(), { client_id: 'reader', kind: 'agent', name: 'Reader', auth });
});
afterAll(async () => {
  await it?.close();
});

type Reader = ReturnType<InProcess['owner']>;
const from = (): string => new Date(it.owner().now() - 3_600_000).toISOString();
const READS: Readonly<Record<string, (ctx: Reader) => Promise<unknown>>> = {
  'audit.histogram': (ctx) => countAudit(ctx, { from: from(), buckets: 10 }),
  'audit.list with a text': (ctx) => listAudit(ctx, { q: 'nobody wrote this', limit: 10 }),
  'exposure.get': (ctx) => getExposure(ctx, { limit: 10 }),
  'clients.reach': (ctx) => listReach(ctx, { id: 'reader', limit: 10 }),
  'clients.refusals': (ctx) => listRefusals(ctx, { id: 'reader', hours: 24, limit: 10 }),
};

test.each(Object.keys(READS))(
  '%s is a large read: in line with the others of that person, and charged',
  async (name) => {
    const read = vi.spyOn(it.services.live.budgets, 'read');
    await READS[name]?.(it.owner());
    expect(read.mock.calls.map(([payer]) => payer)).toEqual([`user ${it.owner().actor.user_id}`]);
    read.mockRestore();
  },
);

test('what a page asks at once is all answered; of more than that the rest is refused, and of others nothing', async () => {
  const page = await Promise.allSettled(
    [...Object.values(READS), ...Object.values(READS)].map((read) => read(it.owner())),
  );
  expect(page.map(({ status }) => status)).toEqual(page.map(() => 'fulfilled'));
  const count = READS['audit.histogram'];
  const other = it.as({ ...it.owner().actor, user_id: 'usr_other', role: 'auditor' as const });
  const flood = await Promise.allSettled([...Array.from({ length: 40 }, () => count?.(it.owner())), count?.(other)]);
  const refused = flood.filter((one) => one.status === 'rejected').map(({ reason }) => reason.code);
  expect(new Set(refused)).toEqual(new Set(['rate_limited']));
  expect([refused.length, flood.at(-1)?.status]).toEqual([24, 'fulfilled']);
  // Afterwards the next may begin, also where the read failed.
  const unreadable = { ...it.owner(), organization_id: 'org\u0000' };
  await expect(count?.(unreadable)).rejects.toThrow();
  await count?.(it.owner());
});
