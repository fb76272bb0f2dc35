import { WritError } from '@writ/core';
import { countUsers, type Tx, type User } from '@writ/store';
import type { Ctx } from '../context.ts';

/** Throws `conflict` where this user is the last one who may do everything. Locks the users until the transaction ends. */
export async function checkNotLastOwner(ctx: Ctx, tx: Tx, user: User): Promise<void> {
  const owners = await countUsers(tx, { organization_id: ctx.organization_id, role: 'owner' });
  if (user.role !== 'owner' || user.password_hash === null || owners > 1) return;
  throw new WritError('conflict', { detail: 'This is the last owner. Make another user an owner first.' });
}
