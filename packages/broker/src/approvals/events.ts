/** What the log says of approvals. */
import type { Approval } from '@writ/store';
import type { EventDraft } from '../audit/record.ts';

/** A human is asked. */
export function requestedEvent(approval: Approval): EventDraft {
  const { digest, subject, requesters, quorum } = approval;
  const data = { digest, subject, requesters, protected: approval.protected, quorum };
  return { kind: 'approval.requested', ...eventOf(approval, data) };
}

/** An approval was used by its client. */
export function usedEvent(approval: Approval): EventDraft {
  return { kind: 'approval.used', ...eventOf(approval, {}) };
}

/** Nobody has answered, and its time is nearly over. */
export function expiringEvent(approval: Approval): EventDraft {
  return {
    kind: 'approval.expiring',
    ...eventOf(approval, { expires_at: new Date(approval.expires_at).toISOString() }),
  };
}

/** The time of an approval is over: nobody answered, or nobody used it. */
export function expiredEvent(approval: Approval): EventDraft {
  return {
    kind: 'approval.expired',
    ...eventOf(approval, { was: approval.decided_at === null ? 'pending' : 'approved' }),
  };
}

function eventOf({ id, client_id, task_id, operations }: Approval, data: NonNullable<EventDraft['data']>) {
  return { client_id, task_id, operations: [...operations], data: { approval_id: id, ...data } };
}
