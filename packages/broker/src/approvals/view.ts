import { isAtLeast, type OutputOf, shownSchema, shownTokenSchema } from '@writ/api';
import { type Detail, detailsSchema, digestOf, type Guardrail, inertLine } from '@writ/core';
import {
  type Approval,
  type CountedVote,
  type Db,
  findPrevious,
  getTokenRequest,
  listVotes,
  namesOfUsers,
} from '@writ/store';
import { slugsOf } from '../connection-slugs.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { guardrailsInForce } from '../guardrails/get.ts';
import { timeOrNull, timeOut } from '../page.ts';
import { type WhoMay, whoMayEach } from '../requesters/who.ts';
import { linesToType } from './confirm.ts';
import { namesOf } from './events.ts';
import { offersOf } from './offers.ts';

type View = OutputOf<'approvals.get'>;
type Votes = readonly CountedVote[];

/** Approvals as the one who asks sees them. `db`: a transaction, where what it wrote is to be seen. */
export async function approvalViews(
  ctx: Ctx<AdminActor>,
  approvals: readonly Approval[],
  db: Db = ctx.store.db,
): Promise<View[]> {
  const { organization_id } = ctx;
  const votes = await listVotes(db, { organization_id, ids: approvals.map(({ id }) => id) });
  const who = await whoMayNow(db, organization_id, approvals);
  const people = [
    ...approvals.flatMap(({ requesters }) => requesters),
    ...[...who.values()].flatMap(({ approvers }) => approvers),
    ...votes.map(({ user_id }) => user_id),
  ];
  const names = await namesOfUsers(db, { organization_id, ids: [...new Set(people)] });
  const slugs = await slugsOf(ctx, approvals, db);
  const previous = await findPrevious(db, { organization_id, of: approvals });
  const rules = await guardrailsInForce(db, organization_id);
  const known = { votes, who, names, slugs, previous, rules };
  return await Promise.all(approvals.map((approval) => viewOf(ctx, { approval, db, known })));
}

/** What all views of an answer share. `who`: by id of the approval. `rules`: the guardrails in force now. */
interface Known {
  readonly votes: Votes;
  readonly who: ReadonlyMap<string, WhoMay>;
  readonly names: ReadonlyMap<string, string>;
  readonly slugs: ReadonlyMap<string, string>;
  readonly previous: Awaited<ReturnType<typeof findPrevious>>;
  readonly rules: readonly Guardrail[];
}

const NOBODY: WhoMay = { approvers: [], sole: false };

/** Who may say yes now to those that wait. */
async function whoMayNow(
  db: Db,
  organization_id: string,
  approvals: readonly Approval[],
): Promise<ReadonlyMap<string, WhoMay>> {
  const pending = approvals.filter(({ state }) => state === 'pending');
  const who = await whoMayEach(db, organization_id, pending);
  return new Map(pending.map(({ id }, at) => [id, who[at] ?? NOBODY]));
}

/**
 * Another text after every vote and every change of state: who says yes to another one has not seen what it is now. `votes`: those on this
 * approval.
 */
export function versionOf({ digest, state, run, usable_for }: Approval, votes: Votes): string {
  const said = votes.map(({ user_id, yes, counts }) => ({ user_id, yes, counts }));
  return digestOf({ digest, state, run, usable_for, said }).slice(0, 16);
}

interface ToShow {
  readonly approval: Approval;
  readonly db: Db;
  readonly known: Known;
}

async function viewOf(ctx: Ctx<AdminActor>, { approval, db, known }: ToShow): Promise<View> {
  const votes = known.votes.filter(({ approval_id }) => approval_id === approval.id);
  const who = known.who.get(approval.id) ?? NOBODY;
  const person = (id: string) => ({ id, name: inertLine(known.names.get(id) ?? id, 200) });
  const connection =
    approval.connection_id === null ? null : (known.slugs.get(approval.connection_id) ?? approval.connection_id);
  const shown = approval.kind === 'request' ? shownSchema.parse(approval.shown) : undefined;
  const { id, kind, state, client_id, request_id, digest, quorum, hold_minutes, run, usable_for, reason } = approval;
  const previous = known.previous.get(approval.id);
  const token = approval.kind === 'token' ? shownTokenSchema.parse(approval.shown) : undefined;
  const isForAnswer = isAtLeast(ctx.actor.role, 'approver');
  return {
    ...{ id, kind, state, client_id, connection, request_id, digest, quorum, hold_minutes, run, usable_for, reason },
    version: versionOf(approval, votes),
    act_chain: [...approval.act_chain],
    task: { id: approval.task_id, purpose: (shown ?? token)?.task.purpose ?? null },
    operations: namesOf(approval),
    previous: previous === undefined ? null : { ...previous, at: timeOut(previous.at) },
    protected: approval.protected,
    sole_approver: approval.sole_approver || who.sole,
    votes: votes.map(({ user_id, yes, at, counts }) => ({ user: person(user_id), yes, at: timeOut(at), counts })),
    requesters: approval.requesters.map(person),
    approvers: who.approvers.map(person),
    nobody: who.nobody ?? null,
    may_approve: ctx.actor.kind === 'user' && who.approvers.includes(ctx.actor.user_id),
    usable_until: timeOrNull(approval.usable_until),
    created_at: timeOut(approval.created_at),
    expires_at: timeOut(approval.expires_at),
    decided_at: timeOrNull(approval.decided_at),
    cool_until: timeOrNull(approval.cool_until),
    reopened_at: timeOrNull(approval.reopened_at),
    used_at: timeOrNull(approval.used_at),
    used_by: approval.used_by,
    offers:
      shown === undefined || connection === null
        ? []
        : offersOf(shown, { connection, hold_minutes, quorum, client_id, task: shown.task }, known.rules),
    // Bodies of waiting requests are for those who decide.
    shown: shown !== undefined && isForAnswer ? { ...shown, confirm: [...linesToType(shown)] } : null,
    token: token !== undefined && isForAnswer ? { ...token, given: await givenOf(db, approval) } : null,
  };
}

/** What the approver of a token gave in place of what was asked; null where all of that. */
async function givenOf(db: Db, { organization_id, id }: Approval): Promise<Detail[] | null> {
  const request = await getTokenRequest(db, { organization_id, id });
  return request?.given == null ? null : detailsSchema.parse(request.given);
}
