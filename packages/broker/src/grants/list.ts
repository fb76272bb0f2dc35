import type { InputOf, OutputOf } from '@writ/api';
import { defined, WritError } from '@writ/core';
import { getGrant as getRow, listGrants as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
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
  if (row === undefined) throw noSuchGrant(input.id);
  return grantView(row);
}

/** The error for an id that no grant has. */
export function noSuchGrant(id: string): WritError {
  return new WritError('not_found', { detail: `There is no grant ${id}.` });
}
