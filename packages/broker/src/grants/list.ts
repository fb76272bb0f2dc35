import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getGrant as getRow, listGrants as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { pageIn, pageOut } from '../page.ts';
import { grantView } from './view.ts';

/** For how long a grant that let nothing through counts as unused, in milliseconds. */
export const UNUSED_MS = 30 * 86_400_000;

/** Lists grants by age. */
export async function listGrants(ctx: Ctx, input: InputOf<'grants.list'>): Promise<OutputOf<'grants.list'>> {
  const { client_id, connection, q, unused } = input;
  const unused_since = unused === 'true' ? ctx.now() - UNUSED_MS : undefined;
  const filter = defined({ client_id, connection, q, unused_since });
  return pageOut(await listRows(ctx.store.db, { ...pageIn(ctx, input), ...filter }), grantView);
}

/** Shows a grant. Throws `not_found`. */
export async function getGrant(ctx: Ctx, input: InputOf<'grants.get'>): Promise<OutputOf<'grants.get'>> {
  const { organization_id, store } = ctx;
  const row = await getRow(store.db, { organization_id, id: input.id });
  if (row === undefined) throw missing('grant', input.id);
  return grantView(row);
}
