/** A call that a human must approve: it uses the approval that there is, or a human is asked (invariant 11). */
import { blastIds, type Described, defined, digestOf, type ResolvedOperation, WritError } from '@writ/core';
import { type DecidedCall, type WaitFacts, Waiting } from '@writ/gateway';
import {
  type Act,
  type Approval,
  appendIn,
  claimApproval,
  eraseKeptBody,
  findOpenApproval,
  findOtherApproval,
  getApproval,
  recordChanges,
  type Tx,
} from '@writ/store';
import type { VerifiedAccessToken } from '@writ/tokens';
import { useAllowance } from '../allowances/use.ts';
import type { Services } from '../context.ts';
import { describeCall } from '../explain/described.ts';
import { isOf } from '../kept/request.ts';
import type { ConnectionState } from '../live.ts';
import {
  authorize,
  authorizeUse,
  demandRoom,
  type RecordResult,
  recordRepeated,
  refuseGone,
} from '../record/authorize.ts';
import { type ComparedState, type DecidedRequest, differences, requestDigest, requestParts } from '../record/digest.ts';
import { type AskedCall, ask, keyOf, type Overtaken } from './ask.ts';
import { usedEvent } from './events.ts';
import { heldBefore, holdCall } from './hold-call.ts';
import { joinNow } from './join.ts';
import { hiddenWhy, leftOut } from './left-out.ts';
import { sentBefore } from './sent.ts';
import { toldDenied, toldMismatch, toldNobody, toldOpen, toldOver, toldUnknown } from './told.ts';

/** A call with a decision that wants a human's yes. */
export interface WaitingCall {
  readonly call: DecidedCall;
  readonly state: ConnectionState;
  readonly token: VerifiedAccessToken;
  readonly request: DecidedRequest;
}

/** What became of it: the proof, what its caller is told, or the epochs that have moved, and then nothing was done. */
export type UsedOrAsked = RecordResult & { readonly waiting?: Waiting };

/** How often somebody else may use up what this request was about to use, or change it. */
const TRIES = 3;

/** Uses the approval of a call, or asks for one, and records that. Throws `WritError`: what asking the provider throws; `ClientGone`. */
export async function useOrAsk(services: Services, waiting: WaitingCall): Promise<UsedOrAsked> {
  const { connection, caller, resolved } = waiting.request;
  const sent = await sentBefore(services, { connection, caller, classified: resolved.classified });
  if (sent !== undefined) return await tell(services, waiting, sent);
  await demandRoom(services, waiting.request);
  const asked = await askedOf(services, waiting);
  const { described, request } = asked;
  const before = await heldBefore(services, asked);
  if (before !== undefined) return await tell(services, asked, before);
  if (!request.decision.approve) {
    const held = await holdCall(services, asked, undefined);
    if (held !== undefined) return { stale: [], ...held };
    refuseGone(asked.call);
    throw new WritError('unavailable', {
      detail: 'The same request has just been held, and is no more.',
      retry_after: 1,
    });
  }
  if (described.undescribable.length > 0)
    return await tell(services, asked, toldNobody(`nobody can approve it: ${described.undescribable.join(' ')}`));
  const hidden = hiddenWhy(leftOut(request.resolved.operations, described));
  if (hidden !== undefined) return await tell(services, asked, toldNobody(hidden));
  let overtaken: Overtaken | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await find(services, asked);
    if ('facts' in found && found.pending === undefined) return await tell(services, asked, found.facts);
    if (!('approval' in found)) {
      const allowed = await useAllowance(services, asked, 'facts' in found ? found.pending : undefined);
      if (allowed !== undefined) return allowed;
    }
    if ('facts' in found) return await tell(services, asked, found.facts);
    overtaken = found.overtaken;
    if (found.approval === undefined) break;
    const used = await useNow(services, asked, found.approval);
    if (used !== undefined) return used;
    // It is still there, and cannot be used: who said yes may not any more.
    const still = await findOpenApproval(services.store.db, keyOf(asked));
    if (still?.id === found.approval.id) overtaken = { approval: still, changed: [], ends: true };
  }
  const result = await ask(services, asked, overtaken);
  if ('stale' in result) return result;
  if (!result.recorded) return await tell(services, asked, result.facts);
  return { stale: [], waiting: new Waiting(result.facts) };
}

async function askedOf(services: Services, { call, state, token, request: judged }: WaitingCall): Promise<AskedCall> {
  const { resolved, arrived = services.now() } = call;
  const described = await describeCall(services, { state, payer: judged.caller.client_id, resolved, arrived });
  const request = { ...judged, compared: comparedOf(described) };
  const { client_id } = request.caller;
  const act = { organization_id: services.organization_id, client_id, ...actOf(request) };
  return { call, token, request, described, digest: requestDigest(request), parts: requestParts(request), act };
}

/** What is compared of what the provider says. */
export function comparedOf(described: Described): ComparedState {
  const versions = described.stored_state.map(({ name, version }) => [name, version]);
  return { blast: blastIds(described), stored_state: Object.fromEntries(versions) };
}

/** The operations that wait, and the same act however it is written: those that need nobody beside them do not make it another. */
function actOf({ decision, resolved }: DecidedRequest): Pick<Act, 'operations' | 'subject'> {
  const names = new Set(decision.pairs.filter(({ outcome }) => outcome !== 'allow').map(({ operation }) => operation));
  const acts = resolved.operations.filter(({ name }) => names.has(name)).map(actText);
  return { operations: [...names].sort(), subject: digestOf([...new Set(acts)].sort()) };
}

function actText({ name, effect, targets }: ResolvedOperation): string {
  return JSON.stringify([name, effect, targets.map(({ kind, id }) => `${kind}:${id}`).sort()]);
}

/**
 * What there is for a call: an approval to use, or one that is no longer good for it, or what its caller is told. `pending`: the one that
 * nobody has answered yet.
 */
type Found =
  | { readonly facts: WaitFacts; readonly pending?: Approval }
  | { readonly approval?: Approval; readonly overtaken?: Overtaken };

async function find(services: Services, asked: AskedCall): Promise<Found> {
  const { approval_id } = asked.call;
  if (approval_id !== undefined) return await findNamed(services, asked, approval_id);
  const { db } = services.store;
  const open = await findOpenApproval(db, keyOf(asked));
  if (open !== undefined) {
    // Its digest is the same: what can be missing is a backup that was to be left.
    const changed = differences(open.parts, asked.parts);
    return changed.length > 0 ? { overtaken: { approval: open, changed, ends: true } } : goodFor(services, open);
  }
  const other = await findOtherApproval(db, { ...keyOf(asked), connection_id: asked.request.connection.id });
  if (other === undefined) return {};
  return { overtaken: { approval: other, changed: differences(other.parts, asked.parts), ends: false } };
}

/** The approval that the request names: nobody is asked anew in its place. */
async function findNamed(services: Services, asked: AskedCall, id: string): Promise<Found> {
  const { store, organization_id } = services;
  const { caller } = asked.request;
  const approval = await getApproval(store.db, { organization_id, id });
  if (approval === undefined || approval.kind !== 'request' || !isOf(approval, caller))
    return { facts: toldUnknown(id) };
  if (approval.state === 'denied') return { facts: toldDenied(services, approval) };
  if (approval.state !== 'pending' && approval.state !== 'approved') return { facts: toldOver(services, approval) };
  const changed = differences(approval.parts, asked.parts);
  if (changed.length > 0 || approval.digest !== asked.digest)
    return { facts: toldMismatch(services, approval, changed) };
  return goodFor(services, approval);
}

/** An approval of the very request: to be used, or still open. One that Writ is to send itself is not for the client to use. */
function goodFor(services: Services, approval: Approval): Found {
  if (approval.state === 'approved' && approval.run === 'client') return { approval };
  const facts = toldOpen(services, approval, 'approval_pending');
  return approval.state === 'pending' ? { facts, pending: approval } : { facts };
}

/** Uses an approval up: the call goes on, or its window begins. Undefined where the approval could not be used. */
async function useNow(services: Services, asked: AskedCall, approval: Approval): Promise<UsedOrAsked | undefined> {
  if (asked.request.decision.hold_minutes > 0) {
    const held = await holdCall(services, asked, approval.id);
    return held && { stale: [], ...held };
  }
  const used = await use(services, asked, approval);
  return used.authorized !== undefined || used.stale.length > 0 ? used : undefined;
}

/** Uses an approval up; neither authorized nor stale where it could not be. */
async function use(services: Services, asked: AskedCall, approval: Approval): Promise<RecordResult> {
  const { organization_id } = services;
  const { id } = approval;
  const { request_id, caller, connection } = asked.request;
  const { client_id, task_id } = caller;
  const claim = { organization_id, id, client_id, task_id, digest: asked.digest, used_by: request_id };
  const claimed = async (tx: Tx): Promise<boolean> => {
    refuseGone(asked.call);
    await joinNow(tx, { organization_id, id });
    if ((await claimApproval(tx, claim)) === undefined) return false;
    await eraseKeptBody(tx, { organization_id, id, part: 'request' });
    refuseGone(asked.call);
    return true;
  };
  const told = async (tx: Tx): Promise<void> => {
    const writing = { organization_id, now: services.now() };
    const event = { ...usedEvent(approval), actor: `client:${client_id}`, connection: connection.slug, request_id };
    await appendIn(tx, { ...writing, event });
    await recordChanges(tx, { ...writing, changes: [{ kind: 'approval', subject: id }] });
  };
  return await authorizeUse(services, { ...asked.request, by: { approval_id: id } }, claimed, told);
}

/** Records that the call waits, or is refused, and tells its caller. */
async function tell(
  services: Services,
  { request }: Pick<AskedCall, 'request'>,
  facts: WaitFacts,
): Promise<UsedOrAsked> {
  const { approval, hold } = facts;
  const by = { by: defined({ approval_id: approval?.approval_id, hold_id: hold?.hold_id }) };
  const recording = facts.sent === true ? recordRepeated : authorize;
  const { stale } = await recording(services, { ...request, ...by }, facts.code);
  return { stale, waiting: new Waiting(facts) };
}
