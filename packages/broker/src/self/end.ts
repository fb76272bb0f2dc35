import type { OutputOf } from '@writ/api';
import type { Ctx, TokenActor } from '../context.ts';
import { timeOut } from '../page.ts';
import { endTaskRow } from '../tasks/end.ts';

/** Ends an access token's own task: every token of it stops at once. */
export async function endSelf(ctx: Ctx<TokenActor>, _input: object): Promise<OutputOf<'self.end'>> {
  const task = await endTaskRow(ctx, ctx.actor.task_id);
  return { task_id: task.id, ended_at: timeOut(task.ended_at ?? ctx.now()) };
}
