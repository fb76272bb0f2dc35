import type { InputOf } from '@writ/api';
import { deletePasskeys } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { missing } from '../missing.ts';

/** Removes a passkey of the user who asks; the password stays. Throws `not_found`. */
export async function deletePasskey(ctx: Ctx<UserActor>, { id }: InputOf<'passkeys.delete'>): Promise<undefined> {
  const by = assertedBy(ctx);
  const { organization_id, actor } = ctx;
  const { user_id } = actor;
  return await change(ctx, async (tx) => {
    if ((await deletePasskeys(tx, { organization_id, user_id, id })) === 0) throw missing('passkey', id);
    return { result: undefined, happened: { kind: 'passkey.deleted', data: { user_id, passkey_id: id, by } } };
  });
}
