import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getGrant as getRow, listGrants as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { pageIn, pageOut } from '../page.ts';
import { grantView } from './view.ts';

/** Lists grants by age. */
export async function listGrants(ctx: Ctx, input: InputOf<'grants.list'>): Promise<OutputOf<'grants.list'>> {
  const whose = defined({ client_id: input.client_id });
  return pageOut(await listRows(ctx.store.db, { ...pageIn(ctx, input), ...whose }), grantView);
}

/** Shows a grant. Throws `not_found`. */
export async function getGrant(ctx: Ctx, input: InputOf<'grants.get'>): Promise<OutputOf<'grants.get'>> {
  const { organization_id, store } = ctx;
  const row = await getRow(store.db, { organization_id, id: input.id });
  if (row === undefined) throw missing('grant', input.id);
  return grantView(row);
}
