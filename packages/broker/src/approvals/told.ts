/** What the caller of the gateway is told of a request for approval. */
import { defined, inertLine, joined, type PartName, partWords } from '@writ/core';
import type { ToldApproval, WaitFacts } from '@writ/gateway';
import type { Approval, Hold } from '@writ/store';
import type { Services } from '../context.ts';
import { timeOut } from '../page.ts';

type Config = Pick<Services, 'config'>;

/** Where an approval is looked at, and where the holder of the token asks for it. */
function toldApproval({ config }: Config, approval: Approval): ToldApproval {
  const { id, state, expires_at, usable_until } = approval;
  const until = state === 'pending' ? expires_at : state === 'approved' ? usable_until : null;
  return {
    approval_id: id,
    approval_url: `${config.publicUrl}/approvals/${id}`,
    status_url: `${config.publicUrl}/api/v1/self/approvals/${id}`,
    ...defined({ expires_at: until === null ? undefined : timeOut(until) }),
  };
}

/** A human is asked, or has not answered yet. */
export function toldOpen(
  config: Config,
  approval: Approval,
  code: 'approval_required' | 'approval_pending',
): WaitFacts {
  return { code, approval: toldApproval(config, approval), open: true };
}

/** A human said no. Their reason is the next step. */
export function toldDenied(config: Config, approval: Approval): WaitFacts {
  const reason = approval.reason === null ? '' : `: "${inertLine(approval.reason, 500)}"`;
  const told = { approval: toldApproval(config, approval) };
  return { code: 'approval_denied', why: `a human did not approve it${reason}`, ...told };
}

/** Too many requests for it were denied. */
export function toldEnded(operations: readonly string[]): WaitFacts {
  const named = operations.map((name) => inertLine(name, 200)).join(', ');
  const why = `three requests of this client for ${named} were denied within an hour, and nobody is asked again until a user allows it`;
  return { code: 'approval_denied', why };
}

/** An approval that is named, and that is good for nothing any more. */
export function toldOver(config: Config, approval: Approval): WaitFacts {
  const { id, state } = approval;
  const over = { used: 'was used', cancelled: 'was ended: what it showed is no longer so, or nobody need be asked' };
  const why = `the approval ${id} ${state === 'used' || state === 'cancelled' ? over[state] : 'has expired'}`;
  return { code: 'approval_expired', why, approval: toldApproval(config, approval) };
}

/** An approval that is named, and that is none of this client's. */
export function toldUnknown(id: string): WaitFacts {
  const why = `this client has no approval ${inertLine(id, 100)}`;
  return { code: 'approval_mismatch', why };
}

/** What was approved, or asked, is another request: the parts that differ. */
export function toldMismatch(config: Config, approval: Approval, changed: readonly PartName[]): WaitFacts {
  return {
    code: 'approval_mismatch',
    why: mismatch(approval, changed),
    changed,
    approval: toldApproval(config, approval),
  };
}

/** The same, where a human was asked anew. */
export function toldAnew(
  config: Config,
  {
    asked,
    before,
    changed,
  }: { readonly asked: Approval; readonly before: Approval; readonly changed: readonly PartName[] },
): WaitFacts {
  const told = { approval: toldApproval(config, asked), open: true };
  return { code: 'approval_mismatch', why: mismatch(before, changed), changed, ...told };
}

function mismatch({ id }: Approval, changed: readonly PartName[]): string {
  const what = joined(changed.map(partWords)) || 'something';
  return `it is not the request of the approval ${id}: what differs is ${what}`;
}

/** A call that waits for its time. */
export function toldHeld({ config }: Config, hold: Hold): WaitFacts {
  const { id, state, waits_for_release, executes_at } = hold;
  const at = state === 'waiting' && waits_for_release ? undefined : timeOut(executes_at);
  return {
    code: 'held',
    hold: {
      hold_id: id,
      hold_url: `${config.publicUrl}/holds/${id}`,
      status_url: `${config.publicUrl}/api/v1/self/holds/${id}`,
      ...defined({ executes_at: at }),
    },
  };
}

/** A call that Writ has sent itself, at a human's word: it is not for the client to send again. */
export function toldSent(services: Config, hold: Hold): WaitFacts {
  const { hold: told } = toldHeld(services, hold);
  const what =
    hold.state === 'unknown' ? 'and it is not known whether it was done' : 'and keeps the answer for 24 hours';
  const why = `at a human's word Writ has sent it itself, once, ${what}: ${told?.status_url ?? ''}/result`;
  return { code: 'approval_pending', why, sent: true, ...defined({ hold: told }) };
}

/** A call that Writ was to send itself, and has not: it was taken back, or was no longer what it was approved as. */
export function toldUnsent(config: Config, approval: Approval, { state, detail }: Hold): WaitFacts {
  const what =
    state === 'cancelled' ? 'it was cancelled' : `it was refused: ${inertLine(detail ?? 'no reason is kept', 500)}`;
  const why = `Writ was to send it itself and has not, since ${what}`;
  return { code: 'approval_expired', why, approval: toldApproval(config, approval) };
}

/** Nobody can say yes to it. */
export function toldNobody(why: string): WaitFacts {
  return { code: 'approval_required', why };
}
