import type { InputOf } from '@writ/api';
import { deleteNotification as deleteRow } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { missing } from '../missing.ts';

/** Tells nothing there any more. Throws `not_found`. */
export async function deleteNotification(
  ctx: Ctx<UserActor>,
  { id }: InputOf<'notifications.delete'>,
): Promise<undefined> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    const gone = await deleteRow(tx, { organization_id, id });
    if (gone === undefined) throw missing('notification', id);
    const { name, kind, target, events } = gone;
    const data = { notification_id: id, name, to: kind, target, events };
    return { result: undefined, happened: { kind: 'notification.deleted', data } };
  });
}
