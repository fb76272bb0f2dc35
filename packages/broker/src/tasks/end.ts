import type { InputOf, OutputOf } from '@writ/api';
import { endTask as endRow, getTask, revokeTokens, type Task } from '@writ/store';
import { actorName, change } from '../audit/record.ts';
import type { Ctx } from '../context.ts';
import { endWaiting } from '../holds/settle.ts';
import { missing } from '../missing.ts';
import { endIn } from '../requesters/allowance.ts';
import { taskView } from './view.ts';

/** Ends a task: its tokens stop at once, nobody is asked for it any more, and what waits is not sent. One that has ended stays as it is. Throws `not_found`. */
export async function endTask(ctx: Ctx, input: InputOf<'tasks.end'>): Promise<OutputOf<'tasks.end'>> {
  return taskView(await endTaskRow(ctx, input.id), ctx.now());
}

/** Ends a task and revokes its tokens, and returns it as it is then. Throws `not_found`. */
export async function endTaskRow(ctx: Ctx, id: string): Promise<Task> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    const now = ctx.now();
    const ended = await endRow(tx, { organization_id, id, now, ended_by: actorName(ctx.actor) });
    const task = ended ?? (await getTask(tx, { organization_id, id }));
    if (task === undefined) throw missing('task', id);
    const tokens = await revokeTokens(tx, { organization_id, now, selection: { task_id: id } });
    const data = { tokens: tokens.length };
    const ended_by = actorName(ctx.actor);
    const allowed = await endIn(tx, { organization_id, task_id: id, ended_by, ended_why: 'task_ended' });
    const waiting = await endWaiting(tx, { organization_id, task_id: id });
    return {
      result: task,
      happened: [{ kind: 'task.ended', client_id: task.client_id, task_id: id, data }, ...allowed, ...waiting.happened],
      changes: waiting.changes,
      epochs: [{ scope: 'task', subject: id }],
    };
  });
}
