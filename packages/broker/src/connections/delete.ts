import type { InputOf } from '@writ/api';
import {
  deleteConnection as deleteRow,
  type EpochKey,
  findConnection,
  listGrants,
  retireCredentials,
  revokeGrant,
  type Tx,
} from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { endWaiting } from '../holds/settle.ts';
import { missing } from '../missing.ts';

/** Removes a connection: its credentials are erased, its grants taken back, what waits for it ends, its slug stays taken. Throws `not_found`. */
export async function deleteConnection(ctx: Ctx<AdminActor>, input: InputOf<'connections.delete'>): Promise<undefined> {
  const { organization_id } = ctx;
  const slug = input.connection;
  return await change(ctx, async (tx) => {
    const found = await findConnection(tx, { organization_id, slug });
    const now = ctx.now();
    const deleted = found && (await deleteRow(tx, { organization_id, id: found.id, now }));
    if (deleted === undefined) throw missing('connection', slug);
    const credentials_erased = await retireCredentials(tx, { organization_id, connection_id: deleted.id, now });
    const clients = await revokeGrants(ctx, tx, deleted.id);
    const stopped = clients.map((subject): EpochKey => ({ scope: 'client', subject }));
    const waiting = await endWaiting(tx, { organization_id, connection_id: deleted.id });
    const data = { connection_id: deleted.id, credentials_erased, clients };
    return {
      result: undefined,
      happened: [{ kind: 'connection.deleted', connection: slug, data }, ...waiting.happened],
      changes: waiting.changes,
      epochs: [{ scope: 'connection', subject: deleted.id }, ...stopped],
    };
  });
}

/** Takes back every grant on the connection; returns the clients that had one. */
async function revokeGrants(ctx: Ctx, tx: Tx, connection_id: string): Promise<string[]> {
  const { organization_id } = ctx;
  const clients = new Set<string>();
  for (;;) {
    const { items, next } = await listGrants(tx, { organization_id, connection_id, limit: 500 });
    for (const { id, client_id } of items) {
      await revokeGrant(tx, { organization_id, id, now: ctx.now() });
      clients.add(client_id);
    }
    if (next === undefined) return [...clients].sort();
  }
}
