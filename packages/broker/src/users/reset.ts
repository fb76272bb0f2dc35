import type { OutputOf } from '@writ/api';
import { deletePasskeys, lockUser, revokeSessionsOf, tieUsers } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, SystemActor, UserActor } from '../context.ts';
import { missing } from '../missing.ts';
import { IDLE } from '../session-life.ts';
import { makeLink } from './link.ts';

/**
 * Answers a one-time link by which a user chooses a new password, ends their sessions and removes their passkeys. The old password works
 * until the link is used, so that a lost link locks nobody out: it keeps out whoever has a device of theirs, but nobody who knows the old
 * password. Throws `not_found`.
 */
export async function resetUser(
  ctx: Ctx<UserActor | SystemActor>,
  input: { readonly id: string },
): Promise<OutputOf<'users.reset'>> {
  const { organization_id, actor } = ctx;
  const { id } = input;
  return await change(ctx, async (tx) => {
    // Locked: a sign-in at the same time comes before, and is ended here, or after, and is refused.
    if ((await lockUser(tx, { organization_id, id })) === undefined) throw missing('user', id);
    if (actor.kind === 'user')
      await tieUsers(tx, { organization_id, by_id: actor.user_id, user_id: id, kind: 'reset' });
    const sessions = await revokeSessionsOf(tx, { organization_id, user_id: id, now: ctx.now(), idle_ms: IDLE });
    const passkeys = await deletePasskeys(tx, { organization_id, user_id: id });
    const result = await makeLink(ctx, tx, { user_id: id, kind: 'reset' });
    const data = { user_id: id, sessions_ended: sessions, passkeys_removed: passkeys };
    return { result, happened: { kind: 'user.reset', data } };
  });
}
