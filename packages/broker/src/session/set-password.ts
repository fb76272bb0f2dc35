import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { closeLinks, revokeSessionsOf, updateUser } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { checkNewPassword } from '../password/policy.ts';
import { IDLE } from '../session-life.ts';

/**
 * Changes the user's own password, and ends their other sessions: who changes it may have reason to. A link by which an owner let them
 * choose one is used up. Throws `validation_failed`.
 */
export async function setOwnPassword(
  ctx: Ctx<UserActor>,
  { new_password }: InputOf<'me.password'>,
): Promise<OutputOf<'me.password'>> {
  const by = assertedBy(ctx);
  const { organization_id, actor } = ctx;
  const { user_id: id, session_id: except } = actor;
  checkNewPassword(new_password, actor, 'new_password');
  // Hashed before the transaction, which must not last as long as a hash does.
  const password_hash = await ctx.hashing.hash(new_password);
  return await change(ctx, async (tx) => {
    const now = ctx.now();
    const user = await updateUser(tx, { organization_id, id, set: { password_hash } });
    if (user === undefined) throw new WritError('unauthenticated');
    await closeLinks(tx, { organization_id, kind: 'reset', user_id: id, now });
    const sessions_ended = await revokeSessionsOf(tx, { organization_id, user_id: id, except, now, idle_ms: IDLE });
    const data = { user_id: id, sessions_ended, by };
    return { result: { sessions_ended }, happened: { kind: 'user.password_set', data } };
  });
}
