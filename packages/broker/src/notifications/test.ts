import type { InputOf, OutputOf } from '@writ/api';
import { getNotification } from '@writ/store';
import { record } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { ownMessage } from './message.ts';
import { sendTo } from './send.ts';

/** Sends a message now, and tells whether it arrived. Throws `not_found`. */
export async function testNotification(
  ctx: Ctx<AdminActor>,
  { id }: InputOf<'notifications.test'>,
): Promise<OutputOf<'notifications.test'>> {
  const { organization_id, store } = ctx;
  const row = await getNotification(store.db, { organization_id, id });
  if (row === undefined) throw missing('notification', id);
  const reason = await sendTo(ctx, row, ownMessage(ctx, 'notification.tested'));
  await record(ctx, { kind: 'notification.tested', data: { notification_id: id, delivered: reason === undefined } });
  return { delivered: reason === undefined, reason: reason ?? null };
}
