import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getClient as getRow, listClients as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { pageIn, pageOut } from '../page.ts';
import { clientView } from './view.ts';

/** Lists the clients by id. */
export async function listClients(ctx: Ctx, input: InputOf<'clients.list'>): Promise<OutputOf<'clients.list'>> {
  const { kind, q } = input;
  return pageOut(await listRows(ctx.store.db, { ...pageIn(ctx, input), ...defined({ kind, q }) }), clientView);
}

/** Shows a client. Throws `not_found`. */
export async function getClient(ctx: Ctx, input: InputOf<'clients.get'>): Promise<OutputOf<'clients.get'>> {
  const { organization_id, store } = ctx;
  const row = await getRow(store.db, { organization_id, client_id: input.id });
  if (row === undefined) throw missing('client', input.id);
  return clientView(row);
}
