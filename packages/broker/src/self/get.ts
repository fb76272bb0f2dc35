import type { OutputOf } from '@writ/api';
import { detailSchema, WritError } from '@writ/core';
import { getTask, listApprovals, listHolds, openAllowances } from '@writ/store';
import { z } from 'zod';
import { standingView } from '../allowances/view.ts';
import { namesOf } from '../approvals/events.ts';
import type { Ctx, TokenActor } from '../context.ts';
import { ownHoldView } from '../holds/view.ts';
import { timeOut } from '../page.ts';

const details = z.array(detailSchema);

/** Says what an access token is for and what it allows. */
export async function getSelf(ctx: Ctx<TokenActor>, _input: object): Promise<OutputOf<'self.get'>> {
  const { actor, organization_id, store } = ctx;
  const task = await getTask(store.db, { organization_id, id: actor.task_id });
  if (task === undefined) throw new WritError('task_ended');
  return {
    client_id: actor.client_id,
    task: { id: task.id, purpose: task.purpose, ends_at: timeOut(task.ends_at) },
    expires_at: timeOut(actor.expires_at),
    authorization_details: details.parse(actor.authorization_details),
    ...(await waitingOf(ctx)),
  };
}

const MOST = 100;

/** What of the token's task waits for a human, or for its time, and what a human has said yes to beforehand. */
async function waitingOf({ actor, organization_id, store }: Ctx<TokenActor>) {
  const of = { organization_id, task_id: actor.task_id, client_id: actor.client_id, limit: MOST };
  const [pending, approved, holds, allowances] = await Promise.all([
    listApprovals(store.db, { ...of, state: 'pending' }),
    listApprovals(store.db, { ...of, state: 'approved' }),
    listHolds(store.db, { ...of, open: true }),
    openAllowances(store.db, of),
  ]);
  const newest = [...pending.items, ...approved.items].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, MOST);
  return {
    approvals: newest.map((approval) => ({
      id: approval.id,
      state: approval.state === 'approved' ? ('approved' as const) : ('pending' as const),
      operations: namesOf(approval),
    })),
    holds: holds.items.map((hold) => {
      const { id, executes_at, operations } = ownHoldView(hold);
      return { id, executes_at, operations };
    }),
    allowances: allowances.map(standingView),
  };
}
