import type { InputOf, OutputOf } from '@writ/api';
import { listFreezes as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { pageIn } from '../page.ts';
import { freezeView } from './view.ts';

/** Lists the freezes in force, the newest first. */
export async function listFreezes(ctx: Ctx, input: InputOf<'freeze.list'>): Promise<OutputOf<'freeze.list'>> {
  const { db } = ctx.store;
  const { items, next } = await listRows(db, pageIn(ctx, input));
  return { items: await Promise.all(items.map((freeze) => freezeView(db, freeze))), next_cursor: next ?? null };
}
