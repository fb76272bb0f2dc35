import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import { countOfTask, getClient, getTask as getRow, listTasks as listRows } from '@writ/store';
import type { Ctx } from '../context.ts';
import { lastCalls } from '../explain/last-calls.ts';
import { freezeOn } from '../freeze/frozen.ts';
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

/** How many of its last calls are shown with a task. */
const CALLS = 10;

/** Shows a task: whose it is, how long it lives, what it holds and waits for, and what it did last. Throws `not_found`. */
export async function getTask(ctx: Ctx, input: InputOf<'tasks.get'>): Promise<OutputOf<'tasks.get'>> {
  const { organization_id, store } = ctx;
  const row = await getRow(store.db, { organization_id, id: input.id });
  if (row === undefined) throw missing('task', input.id);
  const { id, client_id } = row;
  const now = ctx.now();
  const [client, freeze, counts, last_calls] = await Promise.all([
    getClient(store.db, { organization_id, client_id }),
    freezeOn(ctx, { client_ids: [client_id], task_id: id }),
    countOfTask(store.db, { organization_id, task_id: id, now }),
    lastCalls(ctx, { task_id: id, most: CALLS }),
  ]);
  return {
    ...taskView(row, now),
    client: client === undefined ? null : { name: client.name, kind: client.kind },
    frozen: freeze === undefined ? null : { id: freeze.id, scope: freeze.scope, reason: freeze.reason },
    ...counts,
    last_calls,
  };
}
