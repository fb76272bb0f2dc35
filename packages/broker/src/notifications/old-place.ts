import type { AuditKind } from '@writ/core';
import type { Notification } from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { ownMessage } from './message.ts';
import { sendTo } from './send.ts';

/**
 * Tells the place as it was that it is told other things now, or nothing: who silences an alarm is seen where it rang. Tried once; the
 * change is made already.
 */
export async function tellOld(ctx: Ctx<UserActor>, place: Notification, kind: AuditKind): Promise<void> {
  const reason = await sendTo(ctx, place, ownMessage(ctx, kind));
  if (reason !== undefined) ctx.log.warn('old_place_not_told', { notification_id: place.id, reason });
}
