import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { listTokens as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { pageIn, pageOut } from '../page.ts';
import { tokenView } from './view.ts';

/** Lists issued access tokens, newest first. With a status, a page may be shorter than asked, and still have a next one. */
export async function listTokens(ctx: Ctx, input: InputOf<'tokens.list'>): Promise<OutputOf<'tokens.list'>> {
  const { client_id, task_id, status } = input;
  const now = ctx.now();
  const page = await listRows(ctx.store.db, {
    ...pageIn(ctx, input),
    ...defined({ client_id, task_id, live_at: status === 'live' ? now : undefined }),
  });
  const { items, next_cursor } = pageOut(page, (token) => tokenView(token, now));
  return { items: items.filter((token) => status === undefined || token.status === status), next_cursor };
}
