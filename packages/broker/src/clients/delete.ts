import type { InputOf } from '@writ/api';
import { deleteClient as deleteRow, listGrants, revokeGrant, revokeTokens, type Tx } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { endWaiting } from '../holds/settle.ts';
import { missing } from '../missing.ts';

/** Removes a client: its tokens stop at once, its grants are taken back, nobody is asked for it any more, its id stays taken. Throws `not_found`. */
export async function deleteClient(ctx: Ctx<AdminActor>, input: InputOf<'clients.delete'>): Promise<undefined> {
  const { organization_id } = ctx;
  const client_id = input.id;
  return await change(ctx, async (tx) => {
    const now = ctx.now();
    const deleted = await deleteRow(tx, { organization_id, client_id, now });
    if (deleted === undefined) throw missing('client', client_id);
    const tokens = await revokeTokens(tx, { organization_id, now, selection: { client_id } });
    const grants = await revokeGrants(ctx, tx, client_id);
    const waiting = await endWaiting(tx, { organization_id, client_id });
    return {
      result: undefined,
      happened: [{ kind: 'client.deleted', client_id, data: { tokens: tokens.length, grants } }, ...waiting.happened],
      changes: waiting.changes,
      epochs: [{ scope: 'client', subject: client_id }],
    };
  });
}

async function revokeGrants(ctx: Ctx, tx: Tx, client_id: string): Promise<number> {
  const { organization_id } = ctx;
  for (let count = 0; ; ) {
    const { items, next } = await listGrants(tx, { organization_id, client_id, limit: 500 });
    for (const { id } of items) await revokeGrant(tx, { organization_id, id, now: ctx.now() });
    count += items.length;
    if (next === undefined) return count;
  }
}
