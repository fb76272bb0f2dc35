import type { InputOf, OutputOf } from '@writ/api';
import { makeId, WritError } from '@writ/core';
import { insertUser, tieUsers, violates } from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { makeLink } from './link.ts';

/** Adds a user and answers the one-time link by which they choose a password. Throws `conflict` for an address that is taken. */
export async function createUser(
  ctx: Ctx<UserActor>,
  input: InputOf<'users.create'>,
): Promise<OutputOf<'users.create'>> {
  const { organization_id, actor } = ctx;
  const { email, name, role } = input;
  const now = ctx.now();
  const id = makeId('user', { now, randomBytes: ctx.randomBytes });
  try {
    return await change(ctx, async (tx) => {
      await insertUser(tx, { organization_id, id, email, name, role, created_by: actor.user_id, created_at: now });
      await tieUsers(tx, { organization_id, by_id: actor.user_id, user_id: id, kind: 'invited' });
      const result = await makeLink(ctx, tx, { user_id: id, kind: 'invite' });
      return { result, happened: { kind: 'user.created', data: { user_id: id, role } } };
    });
  } catch (error) {
    if (!violates(error, 'users_email_key')) throw error;
    throw new WritError('conflict', { detail: `There is a user with the address ${email} already.` });
  }
}
