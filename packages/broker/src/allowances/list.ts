import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { listAllowances as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { pageIn, pageOut } from '../page.ts';
import { allowanceView } from './view.ts';

/** Lists standing yeses, newest first. */
export async function listAllowances(
  ctx: Ctx,
  input: InputOf<'allowances.list'>,
): Promise<OutputOf<'allowances.list'>> {
  const { client_id, task_id, open } = input;
  const filter = { ...defined({ client_id, task_id }), open: open === 'true' };
  return pageOut(await listRows(ctx.store.db, { ...pageIn(ctx, input), ...filter }), allowanceView);
}
