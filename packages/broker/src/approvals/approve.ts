import { type AssertionKind, type InputOf, type OutputOf, shownSchema } from '@writ/api';
import { inertLine, WritError } from '@writ/core';
import {
  type Approval,
  getApproval,
  getTask,
  type Hold,
  type HowItRuns,
  joinRequesters,
  listVotes,
  markSole,
  type Tx,
  voteYes,
} from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { type Changed, change, type EventDraft } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { freezeOn, frozenBy } from '../freeze/frozen.ts';
import { holdApproved, holdChange, holdCreated } from '../kept/hold.ts';
import { askersNow, whoMay } from '../requesters/who.ts';
import { wrong } from '../validation.ts';
import { answerEvent, locked, standingOf } from './answer.ts';
import { linesToType } from './confirm.ts';
import { linesOf } from './events.ts';
import { refuseHidden } from './left-out.ts';
import { checkGiven, connectionsOf, give } from './narrow.ts';
import { approvalViews } from './view.ts';

/** For how long a yes is good where the approver picks nothing, in seconds. */
const USABLE_FOR = 15 * 60;

type Input = Omit<InputOf<'approvals.approve'>, 'id'>;

/**
 * Says yes to one exact request (invariant 11). With a quorum, the last of the yeses approves; the first one fixes how it runs. Throws
 * `not_found`; `conflict` where it waits no more, or changed while it was looked at; `forbidden` for one who may not; `frozen`;
 * `validation_failed` where what is destroyed was not typed as it is called.
 */
export async function approveApproval(
  ctx: Ctx<UserActor>,
  input: InputOf<'approvals.approve'>,
): Promise<OutputOf<'approvals.approve'>> {
  const { id, ...given } = input;
  const assertion = assertedBy(ctx);
  await checkGiven(ctx, input);
  const [view] = await change(ctx, async (tx) => {
    const before = await locked(ctx, tx, input);
    checkConfirmed(before, given.confirm);
    return await allSaid(ctx, tx, [await sayYes(ctx, tx, { before, given, assertion })]);
  });
  if (view === undefined) throw new TypeError('an approval without a view');
  return view;
}

/**
 * Says yes to several requests, or to none of them: the first that cannot be approved stops it. Throws as `approveApproval`, and `forbidden`
 * for what destroys or escalates: such a thing is looked at by itself.
 */
export async function approveAllApprovals(
  ctx: Ctx<UserActor>,
  input: InputOf<'approvals.approve_all'>,
): Promise<OutputOf<'approvals.approve_all'>> {
  const assertion = assertedBy(ctx);
  const other = Object.keys(input.seen ?? {}).find((id) => !input.ids.includes(id));
  if (other !== undefined) throw wrong({ field: 'seen', problem: 'names only what `ids` names', found: other });
  const items = await change(ctx, async (tx) => {
    const done: Answer[] = [];
    // In one order, so that two such requests at once do not wait for each other.
    for (const id of [...input.ids].sort()) {
      const before = await locked(ctx, tx, { id, seen: input.seen?.[id] });
      checkMild(before);
      done.push(await sayYes(ctx, tx, { before, given: {}, assertion }));
    }
    return await allSaid(ctx, tx, done);
  });
  return { items, next_cursor: null };
}

/** What became of one yes. */
interface Answer {
  readonly approval: Approval;
  readonly happened: readonly EventDraft[];
  /** What Writ now sends itself, once its time has come. */
  readonly hold?: Hold;
}

async function allSaid(
  ctx: Ctx<UserActor>,
  tx: Tx,
  done: readonly Answer[],
): Promise<Changed<Awaited<ReturnType<typeof approvalViews>>>> {
  const approvals = done.map(({ approval }) => approval);
  return {
    result: await approvalViews(ctx, approvals, tx),
    happened: done.flatMap(({ happened }) => happened),
    changes: [
      ...approvals.map(({ id }) => ({ kind: 'approval', subject: id })),
      ...done.flatMap(({ hold }) => (hold === undefined ? [] : [holdChange(hold)])),
    ],
  };
}

interface Yes {
  /** The approval, locked. */
  readonly before: Approval;
  readonly given: Input;
  readonly assertion: AssertionKind;
}

async function sayYes(ctx: Ctx<UserActor>, tx: Tx, { before, given, assertion }: Yes): Promise<Answer> {
  const { organization_id, actor } = ctx;
  const { id } = before;
  if (before.state !== 'pending') throw notWaiting(before);
  await refuseStopped(ctx, tx, before);
  const requesters = await askersNow(tx, before);
  const { approvers, sole, nobody } = await whoMay(tx, { ...before, requesters });
  if (!approvers.includes(actor.user_id)) throw notYours(before, { others: approvers.length > 0, nobody });
  refuseHidden(before.shown);
  // Those of people who have come to ask since are taken away below.
  const votes = (await listVotes(tx, { organization_id, ids: [id] })).filter(
    ({ user_id }) => sole || !before.protected || !requesters.includes(user_id),
  );
  if (votes.some((vote) => vote.user_id === actor.user_id && vote.counts)) throw saidAlready(before, votes.length);
  const how = howItRuns(before, given);
  await joinRequesters(tx, { organization_id, id, requesters });
  if (sole) await markSole(tx, { organization_id, id });
  const said = { organization_id, id, user_id: actor.user_id, assertion };
  const approval = await voteYes(tx, { ...said, ...how });
  if (approval === undefined) throw notWaiting({ ...before, state: 'expired' });
  const complete = approval.state === 'approved';
  const data = {
    assertion,
    ...how,
    quorum: approval.quorum,
    votes: votes.filter(({ counts }) => counts).length + 1,
    sole_approver: approval.sole_approver,
    protected: approval.protected,
    ...(given.authorization_details !== undefined && { given: linesOf(given.authorization_details) }),
  };
  if (complete && approval.kind === 'token') await give(tx, approval, given.authorization_details);
  const kind = complete ? 'approval.approved' : 'approval.voted';
  const happened = await answerEvent(ctx, tx, { approval, kind, data });
  if (!complete || approval.run !== 'now') return { approval, happened: [happened] };
  const hold = await holdApproved(ctx, tx, id);
  const used = await answerEvent(ctx, tx, { approval, kind: 'approval.used', data: { hold_id: hold.id } });
  const after = (await getApproval(tx, { organization_id, id })) ?? approval;
  return { approval: after, happened: [happened, used, holdCreated(hold)], hold };
}

function notWaiting(approval: Approval): WritError {
  const what = approval.state === 'approved' ? 'It needs no further yes.' : 'It cannot be approved.';
  return new WritError('conflict', { detail: `${what} ${standingOf(approval)}` });
}

/** Nobody approves while what it concerns is frozen, nor what its client can use no more. */
async function refuseStopped(ctx: Ctx<UserActor>, tx: Tx, approval: Approval): Promise<void> {
  const { organization_id } = ctx;
  const { client_id, act_chain, task_id } = approval;
  const connections = await connectionsOf(tx, approval);
  for (const connection_id of connections.length === 0 ? [undefined] : connections) {
    const freeze = await freezeOn(ctx, { connection_id, client_ids: [client_id, ...act_chain], task_id }, tx);
    if (freeze === undefined) continue;
    const { message } = frozenBy(freeze);
    throw new WritError('frozen', {
      detail: `${message} Nobody approves until an owner lifts that: writ freeze off ${freeze.id}`,
    });
  }
  const task = await getTask(tx, { organization_id, id: task_id });
  if (task === undefined || task.ended_at !== null) {
    throw new WritError('conflict', {
      detail: 'It cannot be approved: its task has ended, so that nobody could use it.',
    });
  }
}

function notYours(
  { protected: guarded, kind }: Approval,
  { others, nobody }: { readonly others: boolean; readonly nobody: string | undefined },
): WritError {
  if (nobody !== undefined) return new WritError('forbidden', { detail: `Nobody may say yes to it. ${nobody}` });
  if (kind === 'token') return new WritError('forbidden', { detail: 'An admin or owner says yes to a token.' });
  const why = guarded && others ? 'You count as one who asked for it, and others are there who did not.' : '';
  return new WritError('forbidden', { detail: `You may not say yes to it. ${why} writ approvals show lists who may.` });
}

function saidAlready({ quorum }: Approval, votes: number): WritError {
  const detail = `You have said yes already; it takes ${quorum} people, and ${votes} have. It waits for somebody else.`;
  return new WritError('conflict', { detail });
}

/** The first yes fixes how it runs; who says yes after that says yes to that. */
function howItRuns(before: Approval, given: Input): HowItRuns {
  const { run = before.run ?? 'client', usable_for = before.usable_for ?? USABLE_FOR } = given;
  if (before.run !== null && (run !== before.run || usable_for !== before.usable_for)) {
    const detail = `The first yes has fixed how it runs: by ${before.run}, usable for ${before.usable_for} seconds. Leave that out, or deny it.`;
    throw new WritError('conflict', { detail });
  }
  if (run === 'now' && given.usable_for !== undefined) {
    const problem =
      'goes with run "client" alone: what Writ sends itself is sent once its window is over. Leave one of the two out';
    throw wrong({ field: 'usable_for', problem });
  }
  return { run, usable_for };
}

/** The lines that must be typed. */
function toType({ kind, shown }: Approval): readonly string[] {
  return kind === 'request' ? linesToType(shownSchema.parse(shown)) : [];
}

/** Throws `validation_failed` unless each thing that is destroyed was typed, as it is called: all of them, in any order, and nothing else. */
function checkConfirmed(approval: Approval, given: Input['confirm']): void {
  if (approval.state !== 'pending') return;
  const wanted = toType(approval);
  const typed = given === undefined ? [] : [given].flat();
  const missing = wanted.find((line) => !typed.includes(line));
  const surplus = typed.find((line) => !wanted.includes(line));
  if (missing === undefined && surplus === undefined) return;
  if (wanted.length === 0)
    throw wrong({ field: 'confirm', problem: 'is not wanted: nothing is destroyed where that is protected' });
  const what = 'must be exactly, as typed by you, the environment, a slash and the name of what is destroyed';
  const each = wanted.length > 1 ? `, for each of the ${wanted.length} things` : '';
  const next = `: ${inertLine(missing ?? wanted.join(', '), 500)}`;
  throw wrong({
    field: 'confirm',
    problem: `${what}${each}${next}. Nothing was approved`,
    ...(surplus !== undefined && { found: inertLine(surplus, 200) }),
  });
}

/** Throws `forbidden` for what is never approved together with other things. */
function checkMild(approval: Approval): void {
  const { operations } = approval.shown;
  const effects = Array.isArray(operations) ? operations.map((one) => Object(one).effect) : [];
  const isMild =
    approval.kind === 'request' &&
    effects.length > 0 &&
    !effects.some((effect) => ['destroy', 'escalate'].includes(effect));
  if (isMild && toType(approval).length === 0) return;
  const detail = `${approval.id} destroys or escalates, or asks for a token: that is looked at by itself. None of them was approved. writ approvals approve ${approval.id}`;
  throw new WritError('forbidden', { detail });
}
