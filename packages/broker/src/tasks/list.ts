import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { getTask as getRow, listTasks as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { pageIn, pageOut } from '../page.ts';
import { taskView } from './view.ts';

/** Lists tasks, newest first. With a status, a page may be shorter than asked, and still have a next one. */
export async function listTasks(ctx: Ctx, input: InputOf<'tasks.list'>): Promise<OutputOf<'tasks.list'>> {
  const { client_id, status } = input;
  const now = ctx.now();
  const whose = defined({ client_id });
  const page = await listRows(ctx.store.db, { ...pageIn(ctx, input), ...whose });
  const { items, next_cursor } = pageOut(page, (task) => taskView(task, now));
  return { items: items.filter((task) => status === undefined || task.status === status), next_cursor };
}

/** Shows a task. Throws `not_found`. */
export async function getTask(ctx: Ctx, input: InputOf<'tasks.get'>): Promise<OutputOf<'tasks.get'>> {
  const { organization_id, store } = ctx;
  const row = await getRow(store.db, { organization_id, id: input.id });
  if (row === undefined) throw missing('task', input.id);
  return taskView(row, ctx.now());
}
