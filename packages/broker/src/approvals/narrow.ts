/** What an approver gives of a token that is asked for: all of it, or less (model#token-request). */
import type { InputOf } from '@writ/api';
import { coversEnvironment, type Detail } from '@writ/core';
import {
  type Approval,
  findConnection,
  getApproval,
  getTokenRequest,
  giveDetails,
  keepTask,
  type Tx,
} from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { scopeProblems } from '../grants/check-scope.ts';
import { coveredBy } from '../grants/known-operations.ts';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';
import { judging } from '../payer.ts';
import { throwIfAny, wrong } from '../validation.ts';

type Input = Pick<InputOf<'approvals.approve'>, 'id' | 'authorization_details' | 'run'>;

/**
 * Checks what is given, before anything is locked: it names what there is, and each piece has something in common with what was asked. That
 * nothing more is given is no matter of comparing: a call must be covered by what was asked, too. Throws `validation_failed`.
 */
export async function checkGiven(ctx: Ctx<UserActor>, { id, authorization_details: given, run }: Input): Promise<void> {
  const { organization_id, store, live } = ctx;
  const approval = await getApproval(store.db, { organization_id, id });
  if (approval === undefined) return;
  const field = 'authorization_details';
  if (approval.kind !== 'token') {
    if (given === undefined) return;
    throw wrong({
      field,
      problem: 'is for a request for a token alone: what is asked here is approved as it is, or not',
    });
  }
  if (run === 'now')
    throw wrong({ field: 'run', problem: 'must be client: a token is given to the client, which comes for it' });
  const asked = (await getTokenRequest(store.db, { organization_id, id }))?.asked ?? [];
  for (const [index, detail] of (given ?? []).entries()) {
    const place = `${field}.${index}`;
    const state = await live.connections.get(detail.connection);
    if (state === undefined || !asked.some(({ connection }) => connection === detail.connection))
      throw wrong({ field: `${place}.connection`, problem: 'must be one that is asked for', found: detail.connection });
    throwIfAny(judging(ctx, () => [...scopeProblems(state, detail, `${place}.`)]));
    if (judging(ctx, () => asked.some((one) => haveInCommon(state, detail, one)))) continue;
    throw wrong({ field: place, problem: 'gives nothing of what is asked: narrow that, or deny it' });
  }
}

/** Whether some operation in some environment is covered by both. */
function haveInCommon(state: ConnectionState, one: Detail, other: Detail): boolean {
  if (one.connection !== other.connection) return false;
  const theirs = coveredBy(state, other.operations);
  return (
    namedEnvironments(state).some(({ slug }) => coversEnvironment(one, slug) && coversEnvironment(other, slug)) &&
    [...coveredBy(state, one.operations)].some((pair) => theirs.has(pair))
  );
}

/** Notes what is given, in the transaction of the yes. Its task is kept until the client has come for the token. */
export async function give(
  tx: Tx,
  { organization_id, id, task_id, usable_until }: Approval,
  given: readonly Detail[] | undefined,
): Promise<void> {
  if (given !== undefined) await giveDetails(tx, { organization_id, id, given });
  if (usable_until !== null) await keepTask(tx, { organization_id, id: task_id, until: usable_until });
}

/** The ids of the connections that an approval is about. */
export async function connectionsOf(tx: Tx, approval: Approval): Promise<readonly string[]> {
  const { organization_id, id, kind, connection_id } = approval;
  if (kind !== 'token' || connection_id !== null) return connection_id === null ? [] : [connection_id];
  const { asked } = (await getTokenRequest(tx, { organization_id, id })) ?? { asked: [] };
  const found: string[] = [];
  for (const slug of new Set(asked.map(({ connection }) => connection))) {
    const connection = await findConnection(tx, { organization_id, slug });
    if (connection !== undefined) found.push(connection.id);
  }
  return found;
}
