import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import { updateUser } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { userView } from '../users/view.ts';

/** Changes the user's own name, by which the others know who said yes: as any change of a user it takes an assertion (invariant 10). */
export async function patchMe(ctx: Ctx<UserActor>, { name }: InputOf<'me.patch'>): Promise<OutputOf<'me.patch'>> {
  const by = assertedBy(ctx);
  const { organization_id, actor } = ctx;
  const { user_id: id, role } = actor;
  return await change(ctx, async (tx) => {
    const user = await updateUser(tx, { organization_id, id, set: { name } });
    if (user === undefined) throw new WritError('unauthenticated');
    const data = { user_id: id, role_before: role, role, renamed: actor.name !== name, by };
    return {
      result: userView(user),
      happened: { kind: 'user.changed', data },
      changes: [{ kind: 'user', subject: id }],
    };
  });
}
