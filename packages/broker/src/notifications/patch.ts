import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getNotification, type Notification, updateNotification } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { missing } from '../missing.ts';
import { wrong } from '../validation.ts';
import { tellOld } from './old-place.ts';
import { hostOf, openWebhook, sealWebhook } from './place.ts';
import { notificationView } from './view.ts';

/** Changes what is told, or where. A webhook keeps its signing secret. Throws `not_found`, `validation_failed`. */
export async function patchNotification(
  ctx: Ctx<UserActor>,
  input: InputOf<'notifications.patch'>,
): Promise<OutputOf<'notifications.patch'>> {
  const { organization_id, store } = ctx;
  const { id, name, events } = input;
  const found = await getNotification(store.db, { organization_id, id });
  if (found === undefined) throw missing('notification', id);
  const set = { ...defined({ name, events }), ...(await placeOf(ctx, found, input)) };
  const changed = await change(ctx, async (tx) => {
    const before = await getNotification(tx, { organization_id, id });
    const row = await updateNotification(tx, { organization_id, id, set });
    if (before === undefined || row === undefined) throw missing('notification', id);
    const told = ({ name: called, target, events: of }: Notification) => ({ name: called, target, events: of });
    const data = { notification_id: id, before: told(before), after: told(row), moved: set.target !== undefined };
    return { result: notificationView(row), happened: { kind: 'notification.changed', data } };
  });
  await tellOld(ctx, found, 'notification.changed');
  return changed;
}

async function placeOf(ctx: Ctx, row: Notification, { url, address }: InputOf<'notifications.patch'>) {
  const { id, kind, organization_id } = row;
  if (kind === 'mail' ? url !== undefined : address !== undefined) {
    const field = kind === 'mail' ? 'url' : 'address';
    throw wrong({ field, problem: `is not what a notification of kind ${kind} has` });
  }
  if (address !== undefined) return { target: address };
  if (url === undefined) return {};
  const target = hostOf(ctx, url);
  const kept = row.sealed === null ? {} : await openWebhook(ctx, { organization_id, id, sealed: row.sealed });
  return { target, sealed: await sealWebhook(ctx, id, { ...kept, url }) };
}
