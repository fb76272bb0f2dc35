/** The rows of issued tokens, as they are recorded together with the events that say so. */
import { WritError } from '@writ/core';
import type { Statement } from '../database.ts';
import type { NewTask } from '../queries/tasks.ts';
import type { NewToken } from '../queries/tokens.ts';

/** A token about to be issued, with its task: a new one that begins with it, or one that it continues. */
export interface IssuedToken {
  readonly token: NewToken;
  readonly task: NewTask;
  readonly begins_task: boolean;
}

/** The rows as JSON. */
export interface PreparedToken {
  readonly token: string;
  readonly task: string | undefined;
}

/** Writes only in the very transaction that locked the log's head, as the events do. */
const TASKS = `insert into tasks (organization_id, id, client_id, purpose, created_at, last_token_at, ends_at)
  select * from json_to_recordset($1::text::json)
  as r(organization_id text, id text, client_id text, purpose text, created_at timestamp with time zone,
    last_token_at timestamp with time zone, ends_at timestamp with time zone)
  where pg_current_xact_id()::text = $2`;

const TOKENS = `insert into tokens (organization_id, jti, client_id, task_id, kid, aud, issued_at, expires_at, details,
    parent_jti, act_chain, cnf)
  select * from json_to_recordset($1::text::json)
  as r(organization_id text, jti text, client_id text, task_id text, kid text, aud text,
    issued_at timestamp with time zone, expires_at timestamp with time zone, details jsonb, parent_jti text,
    act_chain jsonb, cnf jsonb)
  where pg_current_xact_id()::text = $2`;

/** What JSON can say and a text of Postgres cannot hold, as `JSON.stringify` writes it: NUL and lone surrogates. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Prepares the rows. Throws `WritError` (`internal`) for what cannot be stored: it would stop a whole batch. */
export function prepareToken({ token, task, begins_task }: IssuedToken): PreparedToken {
  return { token: rowOf(token, MOMENTS.token), task: begins_task ? rowOf(task, MOMENTS.task) : undefined };
}

const MOMENTS = { token: ['issued_at', 'expires_at'], task: ['created_at', 'last_token_at', 'ends_at'] } as const;

function rowOf(row: Readonly<Record<string, unknown>>, moments: readonly string[]): string {
  const instants = moments.map((name) => [name, new Date(Number(row[name])).toISOString()]);
  const text = JSON.stringify({ ...row, ...Object.fromEntries(instants) });
  if (UNSTORABLE.test(text)) throw new WritError('internal', { detail: 'A token cannot be recorded as it is.' });
  return text;
}

/** The statements that record the rows, in the transaction `xact`. */
export function issuedStatements(rows: readonly PreparedToken[], xact: string): Statement[] {
  const tasks = rows.map(({ task }) => task).filter((task) => task !== undefined);
  const inserts = [
    { text: TASKS, rows: tasks },
    { text: TOKENS, rows: rows.map(({ token }) => token) },
  ];
  return inserts
    .filter((insert) => insert.rows.length > 0)
    .map((insert) => ({
      text: insert.text,
      params: [`[${insert.rows.join(',')}]`, xact],
      writes: insert.rows.length,
    }));
}
