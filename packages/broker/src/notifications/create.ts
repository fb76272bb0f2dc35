import type { InputOf, OutputOf } from '@writ/api';
import { makeId } from '@writ/core';
import { auditHead, insertNotification } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { demandMail, hostOf, sealWebhook } from './place.ts';
import { notificationView } from './view.ts';

/**
 * Adds where people are told. For a webhook the secret by which messages are signed is answered, this once. Throws `validation_failed` for
 * an address that may not be dialled, and for mail where no mail server is set.
 */
export async function createNotification(
  ctx: Ctx<UserActor>,
  input: InputOf<'notifications.create'>,
): Promise<OutputOf<'notifications.create'>> {
  const { organization_id, actor } = ctx;
  const { name, kind, events } = input;
  const now = ctx.now();
  const id = makeId('notification', { now, randomBytes: ctx.randomBytes });
  if (input.kind === 'mail') demandMail(ctx);
  const target = input.kind === 'mail' ? input.address : hostOf(ctx, input.url);
  const secret = `whsec_${Buffer.from(ctx.randomBytes(32)).toString('base64')}`;
  const signing = input.kind === 'webhook' ? { signing_secret: secret } : {};
  const sealed = input.kind === 'mail' ? null : await sealWebhook(ctx, id, { url: input.url, ...signing });
  return await change(ctx, async (tx) => {
    const { seq: since_seq } = await auditHead(tx, { organization_id });
    const made = { organization_id, id, name, kind, target, events, sealed, since_seq };
    const row = await insertNotification(tx, { ...made, created_by: actor.user_id, created_at: now });
    const data = { notification_id: id, name, to: kind, target, events };
    return { result: { ...notificationView(row), ...signing }, happened: { kind: 'notification.created', data } };
  });
}
