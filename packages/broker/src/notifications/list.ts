import type { InputOf, OutputOf } from '@writ/api';
import { listNotifications as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { pageIn, pageOut } from '../page.ts';
import { notificationView } from './view.ts';

/** Lists where people are told, the oldest first. */
export async function listNotifications(
  ctx: Ctx,
  input: InputOf<'notifications.list'>,
): Promise<OutputOf<'notifications.list'>> {
  return pageOut(await listRows(ctx.store.db, pageIn(ctx, input)), notificationView);
}
