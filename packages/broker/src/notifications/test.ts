import type { InputOf, OutputOf } from '@writ/api';
import { getNotification } from '@writ/store';
import { actorName, record } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import type { Message } from './message.ts';
import { sendTo } from './send.ts';

/** Sends a message now, and tells whether it arrived. Throws `not_found`. */
export async function testNotification(
  ctx: Ctx<AdminActor>,
  { id }: InputOf<'notifications.test'>,
): Promise<OutputOf<'notifications.test'>> {
  const { organization_id, store } = ctx;
  const row = await getNotification(store.db, { organization_id, id });
  if (row === undefined) throw missing('notification', id);
  const reason = await sendTo(ctx, row, testMessage(ctx));
  await record(ctx, { kind: 'notification.tested', data: { notification_id: id, delivered: reason === undefined } });
  return { delivered: reason === undefined, reason: reason ?? null };
}

function testMessage(ctx: Ctx<AdminActor>): Message {
  const { request_id } = ctx;
  const at = new Date(ctx.now()).toISOString();
  const actor = actorName(ctx.actor);
  const event = { id: 0, at, kind: 'notification.tested', actor, request_id };
  const facts = [
    ['By', actor],
    ['Request', request_id],
    ['At', at],
  ] as const;
  return { id: `evt_${request_id}`, event, title: 'This is a test', facts };
}
