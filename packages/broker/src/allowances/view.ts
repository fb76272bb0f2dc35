/** What is said of allowances: to people, and to the client. */
import type { OutputOf } from '@writ/api';
import type { Allowance } from '@writ/store';
import { timeOrNull, timeOut } from '../page.ts';

type View = OutputOf<'allowances.create'>;

/** An allowance as people see it. */
export function allowanceView(allowance: Allowance): View {
  const { client_id, used, sole_approver, created_by, ended_by, ended_why } = allowance;
  return {
    ...standingView(allowance),
    ...{ client_id, used, sole_approver, created_by, ended_by, ended_why },
    protected: allowance.protected,
    created_at: timeOut(allowance.created_at),
    last_used_at: timeOrNull(allowance.last_used_at),
    ended_at: timeOrNull(allowance.ended_at),
  };
}

/** As its client sees it. */
export function standingView({ id, task_id, detail, uses, used, expires_at }: Allowance) {
  return { id, task_id, detail, uses, left: uses - used, expires_at: timeOut(expires_at) };
}
