import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../database.ts';
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
  if (begun.length > 0) await tx.execute(insertTasks(begun));
  const ended = new Set<string>();
  // In one order, so that two batches never wait for each other's tasks.
  const ongoing = issued.filter(({ begins_task }) => !begins_task).toSorted((a, b) => (a.task.id < b.task.id ? -1 : 1));
  for (const { task, token } of ongoing) {
    const { organization_id, id, client_id, last_token_at, ends_at } = task;
    const found = await continueTask(tx, { organization_id, id, client_id, now: last_token_at, ends_at });
    if (found === undefined) ended.add(token.jti);
  }
  const rows = issued.map(({ token }) => token).filter(({ jti }) => !ended.has(jti));
  if (rows.length > 0) await tx.execute(insertTokens(rows));
  return ended;
}

/** The rows as one parameter: the statement stays the same however many there are, and is prepared once. */
function rowsOf(rows: readonly object[], moments: readonly string[]): SQL {
  const written = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, moments.includes(name) ? momentOf(value) : value]),
    ),
  );
  return sql`${JSON.stringify(written)}::text::json`;
}

function momentOf(value: unknown): string | null {
  return typeof value === 'number' ? new Date(value).toISOString() : null;
}

function insertTasks(rows: readonly NewTask[]): SQL {
  return sql`insert into tasks (organization_id, id, client_id, purpose, created_at, last_token_at, ends_at)
    select * from json_to_recordset(${rowsOf(rows, ['created_at', 'last_token_at', 'ends_at'])})
    as r(organization_id text, id text, client_id text, purpose text, created_at timestamp with time zone,
      last_token_at timestamp with time zone, ends_at timestamp with time zone)`;
}

function insertTokens(rows: readonly NewToken[]): SQL {
  return sql`insert into tokens (organization_id, jti, client_id, task_id, kid, aud, issued_at, expires_at, details,
      parent_jti, act_chain, cnf)
    select * from json_to_recordset(${rowsOf(rows, ['issued_at', 'expires_at'])})
    as r(organization_id text, jti text, client_id text, task_id text, kid text, aud text,
      issued_at timestamp with time zone, expires_at timestamp with time zone, details jsonb, parent_jti text,
      act_chain jsonb, cnf jsonb)`;
}
