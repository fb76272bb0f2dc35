import type { InputOf, OutputOf } from '@writ/api';
import { openFreezes } from '@writ/store';
import type { Ctx } from '../context.ts';
import { freezeView } from './view.ts';

/** Lists the freezes in force, the newest first. There are few, so one page holds them. */
export async function listFreezes(ctx: Ctx, input: InputOf<'freeze.list'>): Promise<OutputOf<'freeze.list'>> {
  const { organization_id, store } = ctx;
  const open = await openFreezes(store.db, { organization_id });
  const after = open.findIndex(({ id }) => id === input.cursor) + 1;
  const shown = open.slice(after, after + input.limit);
  const items = await Promise.all(shown.map((freeze) => freezeView(store.db, freeze)));
  return { items, next_cursor: after + input.limit < open.length ? (shown.at(-1)?.id ?? null) : null };
}
