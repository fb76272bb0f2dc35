/** A call that an allowance lets pass in the place of a yes: counted in the transaction that records it (invariant 11). */
import { type Decision, type ResolvedOperation, standsFor, wantedYeses } from '@writ/core';
import type { DecidedCall } from '@writ/gateway';
import {
  type Act,
  type Allowance,
  type Approval,
  appendIn,
  cancelPending,
  eraseKeptBody,
  findCoolingDenial,
  openAllowances,
  recordChanges,
  type Tx,
  useAllowance as useRow,
} from '@writ/store';
import type { Services } from '../context.ts';
import { authorizeUse, type RecordResult, refuseGone } from '../record/authorize.ts';
import type { DecidedRequest } from '../record/digest.ts';
import { allowanceEvent } from '../requesters/allowance.ts';
import { grounds, requestersOf, whoMay } from '../requesters/who.ts';

/** A decided call, as far as allowances look at it. `task_id`: undefined for any task of the client. */
export interface AllowableCall {
  readonly client_id: string;
  readonly act_chain: readonly string[];
  readonly task_id?: string | undefined;
  /** The connection's slug. */
  readonly connection: string;
  /** Undefined, like the decision, of a call that was refused before they were known. */
  readonly operations: readonly ResolvedOperation[] | undefined;
  readonly decision: Decision | undefined;
}

/** The allowances that would let a call pass now, those that end first before the others, and how many operations of each it would use. */
export interface Standing {
  readonly allowances: readonly Allowance[];
  readonly adds: number;
  /** The users who count as asking for this call. */
  readonly requesters: readonly string[];
}

const NONE: Standing = { allowances: [], adds: 0, requesters: [] };

/** Where an allowance would stand for the yes that a call wants. Its maker must be one who could say yes to this very call. */
export async function standingFor(
  { store, organization_id }: Pick<Services, 'store' | 'organization_id'>,
  { client_id, act_chain, task_id, connection, operations, decision }: AllowableCall,
): Promise<Standing> {
  const { db } = store;
  if (operations === undefined || decision === undefined) return NONE;
  const wanted = wantedYeses(operations, decision);
  if (wanted.length === 0) return NONE;
  const open = await openAllowances(db, { organization_id, client_id, task_id });
  const covering = open.filter(({ detail, uses, used }) => {
    return uses - used >= wanted.length && standsFor(detail, connection, wanted);
  });
  if (covering.length === 0) return NONE;
  const { grant_ids, protected: is_protected } = grounds({ decision, resolved: { operations } });
  const requesters = await requestersOf(db, {
    organization_id,
    client_ids: [...new Set([client_id, ...act_chain])],
    grant_ids,
  });
  const question = { organization_id, kind: 'request', quorum: 1, requesters, protected: is_protected } as const;
  const { approvers, sole } = await whoMay(db, question);
  const allowances = covering.filter((one) => approvers.includes(one.created_by) && (!sole || one.sole_approver));
  return { allowances, adds: wanted.length, requesters };
}

/** A call that waits for a yes, and the act that it is: the same operations on the same things. */
export interface WaitingAct {
  readonly call: DecidedCall;
  readonly request: DecidedRequest;
  readonly act: Act;
}

/**
 * Lets a call pass by an allowance. `pending`: the request for approval that is open for the same request, which ends with it. Undefined where
 * none stands for it, or somebody else was faster. Throws as `authorizeUse`.
 */
export async function useAllowance(
  services: Services,
  { call, request, act }: WaitingAct,
  pending: Approval | undefined,
): Promise<RecordResult | undefined> {
  const { caller, connection, resolved, decision } = request;
  const allowable = { ...caller, connection: connection.slug, operations: resolved.operations, decision };
  const { allowances, ...standing } = await standingFor(services, allowable);
  if (allowances.length === 0) return undefined;
  const denied = await findCoolingDenial(services.store.db, act);
  for (const allowance of allowances) {
    // A no to this very act that came later than the yes is the last word on it.
    if (denied?.decided_at != null && denied.decided_at >= allowance.created_at) continue;
    const use = async (tx: Tx): Promise<Allowance | undefined> => {
      refuseGone(call);
      if (pending !== undefined && !(await endPending(tx, pending))) return undefined;
      return await useRow(tx, useOf(services, { request, allowance, standing }));
    };
    const used = await record(services, { request, allowance, pending, use });
    if (used.authorized !== undefined || used.stale.length > 0) return used;
  }
  return undefined;
}

interface Use {
  readonly request: DecidedRequest;
  readonly allowance: Allowance;
  readonly standing: Omit<Standing, 'allowances'>;
}

function useOf({ organization_id }: Services, { request, allowance, standing }: Use): Parameters<typeof useRow>[1] {
  const { client_id, task_id } = request.caller;
  const { protected: is_protected } = grounds(request);
  return { organization_id, id: allowance.id, client_id, task_id, ...standing, protected: is_protected };
}

/** Ends what is asked no more; false where it does not wait any more, for a human has answered. */
async function endPending(tx: Tx, { organization_id, id }: Approval): Promise<boolean> {
  if (!(await cancelPending(tx, { organization_id, id }))) return false;
  await eraseKeptBody(tx, { organization_id, id, part: 'request' });
  return true;
}

interface Recording extends Pick<Use, 'request' | 'allowance'> {
  readonly pending: Approval | undefined;
  use(tx: Tx): Promise<Allowance | undefined>;
}

/** Records that the call goes on, with what it has used. */
async function record(services: Services, { request, allowance, pending, use }: Recording): Promise<RecordResult> {
  const { organization_id, now } = services;
  const { request_id, caller } = request;
  let after: Allowance | undefined;
  const told = async (tx: Tx): Promise<void> => {
    if (after === undefined) return;
    const writing = { organization_id, now: now() };
    const kinds =
      after.ended_at === null ? (['allowance.used'] as const) : (['allowance.used', 'allowance.ended'] as const);
    for (const kind of kinds) {
      const actor = kind === 'allowance.used' ? `client:${caller.client_id}` : 'system';
      // What was asked for the same request ends with it.
      const asked = kind === 'allowance.used' && pending !== undefined ? { approval_id: pending.id } : {};
      await appendIn(tx, { ...writing, event: { ...allowanceEvent(kind, after, asked), actor, request_id } });
    }
    if (pending !== undefined)
      await recordChanges(tx, { ...writing, changes: [{ kind: 'approval', subject: pending.id }] });
  };
  const by = { by: { allowance_id: allowance.id } };
  return await authorizeUse(
    services,
    { ...request, ...by },
    async (tx) => {
      after = await use(tx);
      return after !== undefined;
    },
    told,
  );
}
