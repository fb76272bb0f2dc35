import type { InputOf, OutputOf } from '@writ/api';
import { WritError } from '@writ/core';
import {
  type Hold,
  listReleases,
  listVotes,
  lockHold,
  releaseHold as releaseRow,
  type Tx,
  voteRelease,
} from '@writ/store';
import { refuseHidden } from '../approvals/left-out.ts';
import { assertedBy } from '../assertion/asserted-by.ts';
import { type Changed, change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { freezeOn, frozenBy, frozenFor } from '../freeze/frozen.ts';
import { holdChange, holdEvent } from '../kept/hold.ts';
import { missing } from '../missing.ts';
import { askersNow, whoMay } from '../requesters/who.ts';
import { holdView, says, versionOf } from './view.ts';

/**
 * Lets a hold go on: before its time, or after a freeze or an outage. That is a yes like that to an approval, by as many people. Before its
 * time it takes others than who approved it; who approved it may release it after a freeze, and then the rest of its window is still to run.
 * Throws `not_found`, `forbidden`, `frozen`, `assertion_required`, or `conflict` for one that does not wait, or changed while it was looked at.
 */
export async function releaseHold(
  ctx: Ctx<UserActor>,
  input: InputOf<'holds.release'>,
): Promise<OutputOf<'holds.release'>> {
  const assertion = assertedBy(ctx);
  const released = await change(ctx, async (tx) => {
    const hold = await locked(ctx, tx, input);
    const freeze = await freezeOn(ctx, subjectsOf(hold), tx);
    if (freeze !== undefined) throw frozenBy(freeze);
    return await sayReleased(ctx, tx, { hold, assertion });
  });
  return await holdView(ctx, released);
}

/** Locks a hold that waits, and is still what the person looked at, until the transaction ends. */
async function locked({ organization_id }: Ctx, tx: Tx, { id, seen }: InputOf<'holds.release'>): Promise<Hold> {
  const hold = await lockHold(tx, { organization_id, id });
  if (hold === undefined) throw missing('hold', id);
  if (hold.state !== 'waiting') throw new WritError('conflict', { detail: `${id} does not wait. ${says(hold)}` });
  if (seen === undefined || seen === versionOf(hold, await listReleases(tx, { organization_id, id }))) return hold;
  const detail = `It changed while you looked at it. ${says(hold)} Nothing was done. Look at it again: writ holds show ${id}`;
  throw new WritError('conflict', { detail });
}

interface Said {
  /** The hold, locked. */
  readonly hold: Hold;
  readonly assertion: ReturnType<typeof assertedBy>;
}

async function sayReleased(ctx: Ctx<UserActor>, tx: Tx, { hold, assertion }: Said): Promise<Changed<Hold>> {
  const { organization_id, actor } = ctx;
  const { id, quorum } = hold;
  const { user_id } = actor;
  const requesters = await askersNow(tx, hold);
  const { approvers, sole, nobody } = await whoMay(tx, { ...hold, kind: 'request', requesters });
  if (!approvers.includes(user_id)) throw notTheirs(nobody);
  refuseHidden(hold.shown);
  const approvedBy = await voters(tx, hold);
  if (approvedBy.includes(user_id) && !hold.waits_for_release) throw approvedIt();
  if ((await listReleases(tx, { organization_id, id })).includes(user_id)) throw saidAlready(quorum);
  await voteRelease(tx, { organization_id, id, user_id, assertion, requesters, sole });
  const released = await listReleases(tx, { organization_id, id });
  const approved = released.some((each) => approvedBy.includes(each));
  const since = { ...subjectsOf(hold), since: hold.created_at };
  const frozen_ms = approved ? await frozenFor(ctx, since, tx) : undefined;
  const released_by = released.map((each) => `user:${each}`).join(' ');
  const row = await releaseRow(tx, { organization_id, id, released_by, frozen_ms });
  const votes = { quorum, votes: released.length, sole_approver: sole, protected: hold.protected };
  const data = { assertion, early: !hold.waits_for_release, requesters, ...votes };
  const kind = row === undefined ? 'hold.voted' : 'hold.released';
  return {
    result: row ?? { ...hold, requesters, sole_approver: sole },
    happened: holdEvent(kind, { hold, data }),
    changes: [holdChange(hold)],
  };
}

function subjectsOf({ connection_id, client_id, act_chain, task_id }: Hold) {
  return { connection_id, client_ids: [client_id, ...act_chain], task_id };
}

/** Those who approved it. */
async function voters(tx: Tx, { organization_id, approval_id }: Hold): Promise<readonly string[]> {
  if (approval_id === null) return [];
  const votes = await listVotes(tx, { organization_id, ids: [approval_id] });
  return votes.filter(({ yes }) => yes).map(({ user_id }) => user_id);
}

function notTheirs(nobody: string | undefined): WritError {
  const detail = nobody ?? 'You count as one of those who asked for it: another person must release it.';
  return new WritError('forbidden', { detail });
}

function approvedIt(): WritError {
  return new WritError('forbidden', { detail: 'You approved it: before its time another person must release it.' });
}

function saidAlready(quorum: number): WritError {
  return new WritError('conflict', { detail: `You have released it already; it takes ${quorum} people.` });
}
