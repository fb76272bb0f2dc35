import type { InputOf } from '@writ/api';
import { closeLinks, deletePasskeys, deleteUser as deleteRow, getUser, revokeSessionsOf } from '@writ/store';
import { actorName, change, type EventDraft } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { missing } from '../missing.ts';
import { endIn } from '../requesters/allowance.ts';
import { IDLE } from '../session-life.ts';
import { checkNotLastOwner } from './owners.ts';

/** Removes a user; their sessions, links and passkeys end with it. Throws `not_found`, or `conflict` for the last owner. */
export async function deleteUser(ctx: Ctx<UserActor>, input: InputOf<'users.delete'>): Promise<undefined> {
  const { organization_id } = ctx;
  const { id } = input;
  return await change(ctx, async (tx) => {
    const now = ctx.now();
    const user = await getUser(tx, { organization_id, id });
    if (user === undefined) throw missing('user', id);
    await checkNotLastOwner(ctx, tx, user);
    if ((await deleteRow(tx, { organization_id, id, now })) === undefined) throw missing('user', id);
    for (const kind of ['invite', 'reset'] as const) await closeLinks(tx, { organization_id, kind, user_id: id, now });
    const sessions = await revokeSessionsOf(tx, { organization_id, user_id: id, now, idle_ms: IDLE });
    await deletePasskeys(tx, { organization_id, user_id: id });
    const happened: EventDraft = {
      kind: 'user.deleted',
      data: { user_id: id, role: user.role, sessions_ended: sessions },
    };
    const allowed = await endIn(tx, {
      organization_id,
      created_by: id,
      ended_by: actorName(ctx.actor),
      ended_why: 'maker_left',
    });
    return { result: undefined, happened: [happened, ...allowed], changes: [{ kind: 'user', subject: id }] };
  });
}
