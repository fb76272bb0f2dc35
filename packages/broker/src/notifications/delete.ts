import type { InputOf } from '@writ/api';
import { deleteNotification as deleteRow } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { missing } from '../missing.ts';
import { tellOld } from './old-place.ts';

/** Tells nothing there any more. Throws `not_found`. */
export async function deleteNotification(
  ctx: Ctx<UserActor>,
  { id }: InputOf<'notifications.delete'>,
): Promise<undefined> {
  const { organization_id } = ctx;
  const gone = await change(ctx, async (tx) => {
    const row = await deleteRow(tx, { organization_id, id });
    if (row === undefined) throw missing('notification', id);
    const { name, kind, target, events } = row;
    const data = { notification_id: id, name, to: kind, target, events };
    return { result: row, happened: { kind: 'notification.deleted', data } };
  });
  await tellOld(ctx, gone, 'notification.deleted');
  return undefined;
}
