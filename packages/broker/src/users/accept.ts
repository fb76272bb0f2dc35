import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { deletePasskeys, getUser, revokeSessionsOf, type Tx, updateUser, useLink } from '@writ/store';
import { takeAttemptFor } from '../attempts/take.ts';
import { change, type EventDraft } from '../audit/record.ts';
import { hashBearer } from '../bearer.ts';
import type { Ctx, PublicActor } from '../context.ts';
import { checkNewPassword } from '../password/policy.ts';
import { IDLE } from '../session-life.ts';
import { userView } from './view.ts';

/** Sets the password a one-time link was made for. Throws `validation_failed`, `forbidden` for a link that is not good, `too_many_attempts`. */
export async function acceptLink(
  ctx: Ctx<PublicActor>,
  input: InputOf<'users.accept'>,
): Promise<OutputOf<'users.accept'>> {
  const { organization_id } = ctx;
  checkNewPassword(input.password, { email: '', name: '' });
  await takeAttemptFor(ctx, { kind: 'link' });
  // Hashed before the transaction, which must not last as long as a hash does.
  const password_hash = await ctx.hashing.hash(input.password);
  return await change(ctx, async (tx) => {
    const id = await takeLink(ctx, tx, input.token);
    const before = await getUser(tx, { organization_id, id });
    if (before === undefined) throw badLink();
    checkNewPassword(input.password, before);
    const user = await updateUser(tx, { organization_id, id, set: { password_hash } });
    if (user === undefined) throw badLink();
    await revokeSessionsOf(tx, { organization_id, user_id: id, now: ctx.now(), idle_ms: IDLE });
    // Also those that somebody with the old password has added since the reset.
    await deletePasskeys(tx, { organization_id, user_id: id });
    const happened: EventDraft = { kind: 'user.password_set', data: { user_id: user.id } };
    return { result: userView(user), happened };
  });
}

async function takeLink(ctx: Ctx, tx: Tx, token: string): Promise<string> {
  const { organization_id } = ctx;
  const token_hash = hashBearer(ctx, 'link', token);
  for (const kind of ['invite', 'reset'] as const) {
    const link = await useLink(tx, { organization_id, kind, token_hash, now: ctx.now() });
    if (link?.user_id) return link.user_id;
  }
  throw badLink();
}

function badLink(): WritError {
  return new WritError('forbidden', {
    detail: 'This link is wrong, was used, or has expired. Ask an owner for another.',
  });
}
