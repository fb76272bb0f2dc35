import type { OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { findUserByEmail } from '@writ/store';
import type { Ctx, SystemActor } from '../context.ts';
import { resetUser } from './reset.ts';

/**
 * Does what `resetUser` does, for a person who holds the key file: the way back in for an owner who is locked out. Throws `not_found`.
 */
export async function resetUserLocally(
  ctx: Ctx<SystemActor>,
  input: { readonly email: string },
): Promise<OutputOf<'users.reset'>> {
  const user = await findUserByEmail(ctx.store.db, { organization_id: ctx.organization_id, email: input.email });
  if (user === undefined)
    throw new WritError('not_found', { detail: `There is no user with the address ${input.email}.` });
  return await resetUser(ctx, { id: user.id });
}
