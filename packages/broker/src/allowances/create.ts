import type { InputOf, OutputOf } from '@writ/api';
import { allows, coversEnvironment, type Detail, makeId, neverStanding, parseSelector, WritError } from '@writ/core';
import { getTask, insertAllowance, liveGrants, MOST_ALLOWANCES, openAllowances, type Task, type Tx } from '@writ/store';
import { assertedBy } from '../assertion/asserted-by.ts';
import { change } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import { freezeOn, frozenBy } from '../freeze/frozen.ts';
import { clientProblems, namedConnection } from '../grants/check.ts';
import { scopeProblems } from '../grants/check-scope.ts';
import { scopeData } from '../grants/create.ts';
import { knownOperation, named } from '../grants/known-operations.ts';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';
import { missing } from '../missing.ts';
import { judging } from '../payer.ts';
import { allowanceEvent } from '../requesters/allowance.ts';
import { requestersOf, whoMay } from '../requesters/who.ts';
import { type Problem, throwIfAny } from '../validation.ts';
import { allowanceView } from './view.ts';

type Input = InputOf<'allowances.create'>;

/**
 * Says yes beforehand (model#allowance): by the same people as to an approval. Throws `not_found` for an unknown task, `validation_failed`
 * naming what is wrong, `conflict` for a task that has ended or has as many as there may be, `forbidden` for one who may not, `frozen`.
 */
export async function createAllowance(ctx: Ctx<UserActor>, input: Input): Promise<OutputOf<'allowances.create'>> {
  const assertion = assertedBy(ctx);
  const { organization_id, store, actor } = ctx;
  const { detail, uses, expires_in: lasts, task_id } = input;
  const task = await getTask(store.db, { organization_id, id: task_id });
  if (task === undefined) throw missing('task', task_id);
  const { client_id = task.client_id } = input;
  const state = await namedConnection(ctx, detail.connection, 'detail.connection');
  throwIfAny([
    ...(await clientProblems(ctx, client_id)),
    ...judging(ctx, () => [...scopeProblems(state, detail, 'detail.'), ...neverProblems(state, detail)]),
  ]);
  const id = makeId('allowance', { now: ctx.now(), randomBytes: ctx.randomBytes });
  return await change(ctx, async (tx) => {
    await demandPlace(ctx, tx, { task, client_id, connection_id: state.id });
    const question = {
      ...(await askedFor(ctx, tx, { task, client_id, detail })),
      protected: isProtected(state, detail),
    };
    const { approvers, sole, nobody } = await whoMay(tx, { organization_id, kind: 'request', quorum: 1, ...question });
    if (!approvers.includes(actor.user_id)) throw notYours(nobody);
    const made = {
      organization_id,
      id,
      client_id,
      task_id,
      detail: withEffects(state, detail),
      uses,
      lasts,
      ...question,
    };
    const who = { sole_approver: sole, created_by: actor.user_id, assertion };
    const allowance = await insertAllowance(tx, { ...made, ...who });
    const { expires_at } = allowanceView(allowance);
    const { requesters } = question;
    const what = { ...scopeData(allowance.detail), uses, expires_at, assertion, requesters, sole_approver: sole };
    return {
      result: allowanceView(allowance),
      happened: allowanceEvent('allowance.created', allowance, { ...what, protected: question.protected }),
      // A request that waits for a human is judged anew.
      changes: [{ kind: 'allowance', subject: task_id }],
    };
  });
}

/** The detail with the effect of each operation spelled out: one that is raised later was not what somebody said yes to. */
function withEffects(state: ConnectionState, detail: Detail): Detail {
  const operations = detail.operations.map((text) => {
    const { exact, effect, pattern } = parseSelector(text);
    const known = exact && effect === undefined ? knownOperation(state, pattern) : undefined;
    return known === undefined ? text : `${text}:${known.base_effect}`;
  });
  return { ...detail, operations: [...new Set(operations)] };
}

function reached(state: ConnectionState, detail: Detail) {
  return namedEnvironments(state).filter(({ slug }) => coversEnvironment(detail, slug));
}

function isProtected(state: ConnectionState, detail: Detail): boolean {
  return reached(state, detail).some(({ kind }) => kind === 'protected');
}

/** The problems of a detail for whose operations no standing yes is ever good where it names a protected environment. */
function* neverProblems(state: ConnectionState, detail: Detail): Generator<Problem> {
  const guarded = reached(state, detail).find(({ kind }) => kind === 'protected');
  if (guarded === undefined) return;
  for (const [index, found] of detail.operations.entries()) {
    const selector = parseSelector(found);
    const operation = named(state, selector).find(({ effects, ...one }) =>
      effects.some((effect) => neverStanding(effect) && allows(selector, { ...one, effect })),
    );
    if (operation === undefined) continue;
    const problem = `cannot be allowed beforehand in ${guarded.slug}, which is protected: what destroys or escalates there is approved each time`;
    yield { field: `detail.operations.${index}`, problem, found };
  }
}

interface Place {
  readonly task: Task;
  readonly client_id: string;
  readonly connection_id: string;
}

/** Nobody says yes while what it concerns is frozen, nor to what its client can use no more. */
async function demandPlace(ctx: Ctx, tx: Tx, { task, client_id, connection_id }: Place): Promise<void> {
  const { organization_id } = ctx;
  const freeze = await freezeOn(ctx, { connection_id, client_ids: [client_id, task.client_id], task_id: task.id }, tx);
  if (freeze !== undefined) throw frozenBy(freeze);
  if (task.ended_at !== null || task.ends_at <= ctx.now())
    throw new WritError('conflict', { detail: `The task ${task.id} has ended, so that nobody could use it.` });
  const open = await openAllowances(tx, { organization_id, client_id, task_id: task.id });
  if (open.length < MOST_ALLOWANCES) return;
  const detail = `The client has ${MOST_ALLOWANCES} allowances for this task: end one first, with writ allowances delete.`;
  throw new WritError('conflict', { detail });
}

/** Who counts as asking: the people behind the clients, and behind every grant by which they could ask for it. */
async function askedFor(
  { organization_id, now }: Ctx,
  tx: Tx,
  { task, client_id, detail }: { readonly task: Task; readonly client_id: string; readonly detail: Detail },
) {
  const client_ids = [...new Set([client_id, task.client_id])];
  const grants = await Promise.all(
    client_ids.map((one) => liveGrants(tx, { organization_id, client_id: one, now: now() })),
  );
  const grant_ids = grants
    .flat()
    .filter(({ scope }) => scope.connection === detail.connection && meets(scope.environments, detail.environments))
    .map(({ id }) => id);
  return { requesters: await requestersOf(tx, { organization_id, client_ids, grant_ids }) };
}

function meets(granted: readonly string[], named: readonly string[]): boolean {
  return granted.includes('*') || named.includes('*') || granted.some((slug) => named.includes(slug));
}

function notYours(nobody: string | undefined): WritError {
  const why = 'You count as one who asks for it, or may say yes to nothing: another person must.';
  return new WritError('forbidden', { detail: nobody === undefined ? why : `Nobody may say yes to it. ${nobody}` });
}
