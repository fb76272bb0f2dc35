/** What the log says of approvals. */
import { shownTokenSchema } from '@writ/api';
import { compactScope, type Detail, inertLine } from '@writ/core';
import type { Approval } from '@writ/store';
import type { EventDraft } from '../audit/record.ts';

/** The most lines of what a token would cover that an event lists. */
const MOST_LINES = 100;

/** A human is asked. */
export function requestedEvent(approval: Approval): EventDraft {
  const { digest, subject, requesters, quorum } = approval;
  const data = { digest, subject, requesters, protected: approval.protected, quorum };
  return { kind: 'approval.requested', ...eventOf(approval, { ...data, ...askedFor(approval) }) };
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

/** The client has taken its request back, or its task, client or connection is there no more. */
export function cancelledEvent(approval: Approval): EventDraft {
  return { kind: 'approval.cancelled', ...eventOf(approval, { was: approval.state }) };
}

/** The time of an approval is over: nobody answered, or nobody used it. */
export function expiredEvent(approval: Approval): EventDraft {
  return {
    kind: 'approval.expired',
    ...eventOf(approval, { was: approval.decided_at === null ? 'pending' : 'approved' }),
  };
}

function eventOf(approval: Approval, data: NonNullable<EventDraft['data']>) {
  const { id, client_id, task_id, operations } = approval;
  const about = approval.kind === 'token' ? {} : { operations: [...operations] };
  return { client_id, task_id, ...about, data: { approval_id: id, ...data } };
}

/** What the client asks for, where that is a token. */
export function askedFor(approval: Approval): NonNullable<EventDraft['data']> {
  if (approval.kind !== 'token') return {};
  const { authorization_details, resource, expires_in, bound } = shownTokenSchema.parse(approval.shown);
  return { asks: 'token', allows: linesOf(authorization_details), resource, expires_in, bound };
}

/** Details in compact form, as the log and lists have them: the first hundred lines. */
export function linesOf(details: readonly Detail[]): string[] {
  const lines = details.flatMap((detail) => compactScope(detail).map((line) => `${detail.connection}/${line}`));
  return lines.slice(0, MOST_LINES).map((line) => inertLine(line, 300));
}

/** What an approval is about, as lists have it: operations, or what a token would cover. */
export function namesOf(approval: Approval): string[] {
  if (approval.kind !== 'token') return [...approval.operations];
  return linesOf(shownTokenSchema.parse(approval.shown).authorization_details);
}
