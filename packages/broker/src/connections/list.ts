import type { InputOf, OutputOf } from '@writ/api';
import { findConnection, listConnections as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { pageIn } from '../page.ts';
import { connectionView } from './view.ts';

/** Lists the connections by slug. */
export async function listConnections(
  ctx: Ctx,
  input: InputOf<'connections.list'>,
): Promise<OutputOf<'connections.list'>> {
  const page = await listRows(ctx.store.db, pageIn(ctx, input));
  const items = await Promise.all(page.items.map((row) => connectionView(ctx, row)));
  return { items, next_cursor: page.next ?? null };
}

/** Shows a connection. Throws `not_found`. */
export async function getConnection(ctx: Ctx, input: InputOf<'connections.get'>): Promise<OutputOf<'connections.get'>> {
  const { organization_id, store } = ctx;
  const row = await findConnection(store.db, { organization_id, slug: input.connection });
  if (row === undefined) throw missing('connection', input.connection);
  return await connectionView(ctx, row);
}
