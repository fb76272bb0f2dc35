import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getHold as getRow, type Hold, listHolds as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { pageIn } from '../page.ts';
import { holdView, holdViews } from './view.ts';

/** Lists holds, newest first. */
export async function listHolds(ctx: Ctx, input: InputOf<'holds.list'>): Promise<OutputOf<'holds.list'>> {
  const { client_id, task_id, open } = input;
  const filter = { ...defined({ client_id, task_id }), open: open === 'true' };
  const page = await listRows(ctx.store.db, { ...pageIn(ctx, input), ...filter });
  return { items: await holdViews(ctx, page.items), next_cursor: page.next ?? null };
}

/** Shows a hold. Throws `not_found`. */
export async function getHold(ctx: Ctx, input: InputOf<'holds.get'>): Promise<OutputOf<'holds.get'>> {
  return await holdView(ctx, await demandHold(ctx, input.id));
}

/** A hold by id. Throws `not_found`. */
async function demandHold({ organization_id, store }: Ctx, id: string): Promise<Hold> {
  const hold = await getRow(store.db, { organization_id, id });
  if (hold === undefined) throw missing('hold', id);
  return hold;
}
