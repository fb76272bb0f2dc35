import type { Tx } from '../database.ts';
import { tasks, tokens } from '../schema/index.ts';
import { continueTask, type NewTask } from './tasks.ts';
import type { NewToken } from './tokens.ts';

/** A token about to be issued, with its task: a new one to begin, or one to go on with. */
export interface IssuedToken {
  readonly token: NewToken;
  readonly task: NewTask;
  readonly begins_task: boolean;
}

/** Records tokens and their tasks, many at once. Returns the `jti`s of those left out because their task has ended. */
export async function insertIssued(tx: Tx, issued: readonly IssuedToken[]): Promise<ReadonlySet<string>> {
  const begun = issued.filter(({ begins_task }) => begins_task).map(({ task }) => task);
  if (begun.length > 0) await tx.insert(tasks).values(begun);
  const ended = new Set<string>();
  // In one order, so that two batches never wait for each other's tasks.
  const ongoing = issued.filter(({ begins_task }) => !begins_task).toSorted((a, b) => (a.task.id < b.task.id ? -1 : 1));
  for (const { task, token } of ongoing) {
    const { organization_id, id, client_id, last_token_at, ends_at } = task;
    const found = await continueTask(tx, { organization_id, id, client_id, now: last_token_at, ends_at });
    if (found === undefined) ended.add(token.jti);
  }
  const rows = issued.map(({ token }) => token).filter(({ jti }) => !ended.has(jti));
  if (rows.length > 0) await tx.insert(tokens).values(rows);
  return ended;
}
