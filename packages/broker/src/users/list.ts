import type { InputOf, OutputOf } from '@writ/api';
import { listUsers as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { pageIn, pageOut } from '../page.ts';
import { userView } from './view.ts';

/** Lists the users. */
export async function listUsers(ctx: Ctx, input: InputOf<'users.list'>): Promise<OutputOf<'users.list'>> {
  return pageOut(await listRows(ctx.store.db, pageIn(ctx, input)), userView);
}
