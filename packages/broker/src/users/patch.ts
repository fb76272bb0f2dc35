import { type InputOf, isAtLeast, type OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getUser, tieUsers, updateUser } from '@writ/store';
import { actorName, change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { missing } from '../missing.ts';
import { endIn } from '../requesters/allowance.ts';
import { checkNotLastOwner } from './owners.ts';
import { userView } from './view.ts';

/** Changes a user's name or role. Throws `not_found`, or `conflict` where it would take the last owner away. */
export async function patchUser(ctx: Ctx<UserActor>, input: InputOf<'users.patch'>): Promise<OutputOf<'users.patch'>> {
  const { organization_id, actor } = ctx;
  const { id, name, role } = input;
  return await change(ctx, async (tx) => {
    const before = await getUser(tx, { organization_id, id });
    if (before === undefined) throw missing('user', id);
    if (role !== undefined && role !== 'owner') await checkNotLastOwner(ctx, tx, before);
    const set = { ...defined({ name, role }) };
    const user = await updateUser(tx, { organization_id, id, set });
    if (user === undefined) throw missing('user', id);
    if (user.role !== before.role)
      await tieUsers(tx, { organization_id, by_id: actor.user_id, user_id: id, kind: 'role' });
    const leaves = isAtLeast(before.role, 'approver') && !isAtLeast(user.role, 'approver');
    const end = { created_by: id, ended_by: actorName(actor), ended_why: 'maker_left' } as const;
    const allowed = leaves ? await endIn(tx, { organization_id, ...end }) : [];
    const data = { user_id: id, role_before: before.role, role: user.role, renamed: before.name !== user.name };
    return {
      result: userView(user),
      happened: [{ kind: 'user.changed', data }, ...allowed],
      changes: [{ kind: 'user', subject: id }],
    };
  });
}
