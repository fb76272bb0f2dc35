import type { InputOf, OutputOf } from '@writ/api';
import { makeId, WritError } from '@writ/core';
import {
  type EpochKey,
  type FreezeSubject,
  findConnection,
  getClient,
  getTask,
  insertFreeze,
  type Tx,
} from '@writ/store';
import { actorName, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { freezeView } from './view.ts';

/** The epoch that each scope stops by. */
const EPOCH_OF = { all: 'organization', connection: 'connection', client: 'client', task: 'task' } as const;

/**
 * Stops everything, a connection, a client or a task. When it returns, no request whose record was not yet committed goes
 * through any more, on any broker (invariant 8). Throws `not_found`.
 */
export async function createFreeze(
  ctx: Ctx<AdminActor>,
  input: InputOf<'freeze.create'>,
): Promise<OutputOf<'freeze.create'>> {
  const { organization_id, actor } = ctx;
  const now = ctx.now();
  return await change(ctx, async (tx) => {
    const subject = await subjectOf(ctx, tx, input);
    const id = makeId('freeze', { now, randomBytes: ctx.randomBytes });
    const { reason } = input;
    const row = { organization_id, id, ...subject, reason, created_by: actorName(actor) };
    const result = await freezeView(tx, await insertFreeze(tx, row));
    const data = { freeze_id: id, scope: subject.scope, subject: result.subject, reason };
    return {
      result,
      happened: { kind: 'freeze.created', ...namesOf(subject, result.subject), data },
      epochs: [epochOf(subject)],
    };
  });
}

async function subjectOf(ctx: Ctx, tx: Tx, input: InputOf<'freeze.create'>): Promise<FreezeSubject> {
  const { organization_id } = ctx;
  if ('all' in input) return { scope: 'all', subject: organization_id };
  if ('connection' in input) {
    const connection = await findConnection(tx, { organization_id, slug: input.connection });
    return { scope: 'connection', subject: found(connection, 'connection').id };
  }
  if ('client_id' in input) {
    const client = await getClient(tx, { organization_id, client_id: input.client_id });
    return { scope: 'client', subject: found(client, 'client').client_id };
  }
  const task = await getTask(tx, { organization_id, id: input.task_id });
  return { scope: 'task', subject: found(task, 'task').id };
}

function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new WritError('not_found', { detail: `There is no such ${what}. Nothing was frozen.` });
  return row;
}

/** The members of a freeze by which the log can be filtered. */
export function namesOf({ scope, subject }: FreezeSubject, shown: string | null): Record<string, string> {
  if (scope === 'connection') return { connection: shown ?? subject };
  if (scope === 'client') return { client_id: subject };
  return scope === 'task' ? { task_id: subject } : {};
}

/** The epoch a freeze moves. */
export function epochOf({ scope, subject }: FreezeSubject): EpochKey {
  return { scope: EPOCH_OF[scope], subject };
}
