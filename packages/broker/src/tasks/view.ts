import type { OutputOf } from '@writ/api';
import type { Task } from '@writ/store';
import { timeOrNull, timeOut } from '../page.ts';

/** A task as the API shows it. */
export function taskView(task: Task, now: number): OutputOf<'tasks.end'> {
  const { id, client_id, purpose, ended_by } = task;
  return {
    id,
    client_id,
    purpose,
    status: task.ended_at !== null || task.ends_at <= now ? 'ended' : 'live',
    created_at: timeOut(task.created_at),
    last_token_at: timeOut(task.last_token_at),
    ends_at: timeOut(task.ends_at),
    ended_at: timeOrNull(task.ended_at),
    ended_by,
  };
}
