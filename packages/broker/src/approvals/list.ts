import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getApproval as getRow, listApprovals as listRows } from '@writ/store';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { pageIn } from '../page.ts';
import { approvalViews } from './view.ts';

/** Lists requests for a human's yes, newest first. */
export async function listApprovals(
  ctx: Ctx<AdminActor>,
  input: InputOf<'approvals.list'>,
): Promise<OutputOf<'approvals.list'>> {
  const { state, client_id, task_id } = input;
  const page = await listRows(ctx.store.db, { ...pageIn(ctx, input), ...defined({ state, client_id, task_id }) });
  return { items: await approvalViews(ctx, page.items), next_cursor: page.next ?? null };
}

/** Shows a request for a human's yes. Throws `not_found`. */
export async function getApproval(
  ctx: Ctx<AdminActor>,
  input: InputOf<'approvals.get'>,
): Promise<OutputOf<'approvals.get'>> {
  const { organization_id, store } = ctx;
  const approval = await getRow(store.db, { organization_id, id: input.id });
  const [view] = approval === undefined ? [] : await approvalViews(ctx, [approval]);
  if (view === undefined) throw missing('approval', input.id);
  return view;
}
