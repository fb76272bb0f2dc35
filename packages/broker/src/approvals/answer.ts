/** What a yes and a no have in common: the approval as it is, locked, and the sentences for one that cannot be answered. */
import type { OutputOf } from '@writ/api';
import { inertLine, type JsonObject, WritError } from '@writ/core';
import { type Approval, getConnection, listVotes, lockApproval, type Tx } from '@writ/store';
import type { EventDraft } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { missing } from '../missing.ts';
import { timeOut } from '../page.ts';
import { askedFor } from './events.ts';
import { approvalViews, versionOf } from './view.ts';

/** Locks an approval until the transaction ends. Throws `not_found`; `conflict` where it is not any more what the person looked at. */
export async function locked(
  ctx: Ctx,
  tx: Tx,
  { id, seen }: { readonly id: string; readonly seen?: string | undefined },
): Promise<Approval> {
  const { organization_id } = ctx;
  const approval = await lockApproval(tx, { organization_id, id });
  if (approval === undefined) throw missing('approval', id);
  const version = versionOf(approval, await listVotes(tx, { organization_id, ids: [id] }));
  if (seen === undefined || seen === version) return approval;
  const standing = approval.state === 'pending' ? '' : ` ${standingOf(approval)}`;
  throw new WritError('conflict', {
    detail: `It changed while you looked at it.${standing} Nothing was done. Look at it again: writ approvals show ${id}`,
  });
}

/** Says what an approval is now, and what to do next. */
export function standingOf(approval: Approval): string {
  const { state, decided_at, usable_until, used_at, reason, id } = approval;
  const at = (moment: number | null): string => (moment === null ? '' : ` at ${timeOut(moment)}`);
  switch (state) {
    case 'pending':
      return `It waits for a yes until ${timeOut(approval.expires_at)}: writ approvals show ${id}`;
    case 'approved':
      return `It was approved${at(decided_at)}; the client can use it once, until ${timeOut(usable_until ?? 0)}. To take that back: writ approvals deny ${id}`;
    case 'used':
      return `It was approved, and used${at(used_at)}. It is good for nothing more: what the client asks for next is asked anew.`;
    case 'denied':
      return `It was denied${at(decided_at)}${reason === null ? '' : `: ${inertLine(reason, 500)}`}. When the client may ask again, that is a new request.`;
    case 'expired':
      return decided_at === null
        ? `It expired${at(approval.expires_at)}, since nobody answered. The client can ask again by repeating its request.`
        : `It was approved, and expired${at(usable_until)}, since the client did not use it. It can ask again by repeating its request.`;
    case 'cancelled':
      return 'It was cancelled: the client asks for it no more.';
  }
}

/** The event of an answer: by whom and to what, never the bytes of the request. */
export async function answerEvent(
  ctx: Ctx,
  tx: Tx,
  {
    approval,
    kind,
    data,
  }: { readonly approval: Approval; readonly kind: EventDraft['kind']; readonly data: JsonObject },
): Promise<EventDraft> {
  const { organization_id } = ctx;
  const { id, client_id, task_id, connection_id, digest, request_id, requesters } = approval;
  const operations = approval.kind === 'token' ? [] : approval.operations;
  const connection = connection_id && ((await getConnection(tx, { organization_id, id: connection_id }))?.slug ?? '');
  return {
    kind,
    client_id,
    task_id,
    ...(connection && { connection }),
    ...(operations.length > 0 && { operations }),
    // Not the parts: the plain hash of a body would let whoever reads the log try what a short secret in it may be.
    data: { approval_id: id, digest, asked_in: request_id, requesters, ...askedFor(approval), ...data },
  };
}

/** One approval as the one who answered it sees it. */
export async function viewAfter(ctx: Ctx<UserActor>, tx: Tx, approval: Approval): Promise<OutputOf<'approvals.get'>> {
  const [view] = await approvalViews(ctx, [approval], tx);
  if (view === undefined) throw new TypeError('an approval without a view');
  return view;
}
