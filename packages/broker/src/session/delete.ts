import { WritError } from '@writ/core';
import { revokeSession } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';

/** Ends one of the user's own sessions; without `id` the one that asks. Throws `not_found`. */
export async function deleteSession(ctx: Ctx<UserActor>, input: { readonly id?: string }): Promise<undefined> {
  const { organization_id, actor } = ctx;
  const id = input.id ?? actor.session_id;
  return await change(ctx, async (tx) => {
    const ended = await revokeSession(tx, { organization_id, user_id: actor.user_id, id, now: ctx.now() });
    if (!ended) throw new WritError('not_found', { detail: 'You have no such session.' });
    return { result: undefined, happened: { kind: 'session.ended', data: { session_id: id } } };
  });
}
