import type { OutputOf } from '@writ/api';
import { detailSchema, WritError } from '@writ/core';
import { getTask } from '@writ/store';
import { z } from 'zod';
import type { Ctx, TokenActor } from '../context.ts';
import { timeOut } from '../page.ts';

const details = z.array(detailSchema);

/** Says what an access token is for and what it allows. */
export async function getSelf(ctx: Ctx<TokenActor>, _input: object): Promise<OutputOf<'self.get'>> {
  const { actor, organization_id, store } = ctx;
  const task = await getTask(store.db, { organization_id, id: actor.task_id });
  if (task === undefined) throw new WritError('task_ended');
  return {
    client_id: actor.client_id,
    task: { id: task.id, purpose: task.purpose, ends_at: timeOut(task.ends_at) },
    expires_at: timeOut(actor.expires_at),
    authorization_details: details.parse(actor.authorization_details),
  };
}
