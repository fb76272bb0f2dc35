/** The rows of issued tokens, which are recorded together with the events about them. */
import { WritError } from '@writ/core';
import type { NewTask } from '../queries/tasks.ts';
import type { NewToken } from '../queries/tokens.ts';

/** A token about to be issued, with its task: a new task that begins with the token, or one that the token continues. */
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

/** Characters that JSON can hold and a text of Postgres cannot (NUL, lone surrogates), as `JSON.stringify` writes them. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Prepares the rows. Throws `WritError` (`internal`) for rows that cannot be stored: they would stop a whole batch. */
export function prepareToken({ token, task, begins_task }: IssuedToken): PreparedToken {
  const { issued_at, expires_at } = token;
  return {
    token: rowOf({ ...token, issued_at: instant(issued_at), expires_at: instant(expires_at) }),
    task: begins_task ? taskRow(task) : undefined,
  };
}

function taskRow(task: NewTask): string {
  const { created_at, last_token_at, ends_at } = task;
  const moments = { created_at: instant(created_at), last_token_at: instant(last_token_at), ends_at: instant(ends_at) };
  return rowOf({ ...task, ...moments });
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function rowOf(row: object): string {
  const text = JSON.stringify(row);
  // Hardly any text has an escape at all.
  if (text.includes('\\u') && UNSTORABLE.test(text))
    throw new WritError('internal', { detail: 'A token cannot be recorded as it is.' });
  return text;
}

/** The new tasks and the tokens of a batch, each as one JSON text; null where there are none. */
export function rowsOf(rows: readonly PreparedToken[]): readonly (string | null)[] {
  const tasks = rows.map(({ task }) => task).filter((task) => task !== undefined);
  return [tasks, rows.map(({ token }) => token)].map((texts) => (texts.length === 0 ? null : `[${texts.join(',')}]`));
}
