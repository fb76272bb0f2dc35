import type { InputOf, OutputOf } from '@writ/api';
import { PRUNED, type Prune, pruneData, verifyConsistency, WritError } from '@writ/core';
import {
  type AuditPrune,
  auditHead,
  type CheckpointRow,
  earliestNeeded,
  insertPrune,
  lastBefore,
  lastExported,
  lockTree,
  proveConsistency,
  prunedUpTo,
  removePruned,
  treeUpTo,
  unfinishedPrune,
} from '@writ/store';
import type { Ctx, UserActor } from '../context.ts';
import { wrong } from '../validation.ts';
import { change } from './record.ts';

const DAY = 24 * 3600_000;
/** The age, in milliseconds, below which nothing is removed, also for an owner. */
const LEAST_AGE = 30 * DAY;
/** Entries that one prune removes at most: it is asked for again where there are more. */
const MOST = 1_000_000;
/** How many entries one transaction removes, and for how long one call goes on removing, in milliseconds. */
const BATCH = 500;
const AT_MOST = 5_000;

type Limit = OutputOf<'audit.prune'>['limited_by'];

/** The part that is to be removed, and what keeps it from being longer. */
interface Plan {
  readonly after: number;
  readonly last: number;
  readonly limited_by: Limit;
}

/**
 * Removes the beginning of the log: entries older than `before`, but none that is younger than 30 days, comes after the last checkpoint
 * that was handed out, or is still needed. First the log records what is removed, then the entries go in small steps; where a killed
 * broker left some, the next one continues. Throws `validation_failed`, `conflict` where no checkpoint was handed out yet, `internal`
 * where the entries are not the ones that were signed.
 */
export async function pruneAudit(
  ctx: Ctx<UserActor>,
  { before }: InputOf<'audit.prune'>,
): Promise<OutputOf<'audit.prune'>> {
  const { organization_id, store } = ctx;
  const moment = Date.parse(before);
  if (moment > ctx.now() - LEAST_AGE) {
    throw wrong({
      field: 'before',
      problem: 'must be at least 30 days ago: nothing younger is removed',
      found: before,
    });
  }
  const begun = await unfinishedPrune(store.db, { organization_id });
  if (begun !== undefined) return answer(begun, { done: await removeFor(ctx), limited_by: 'earlier_prune' });
  const checkpoint = await lastExported(store.db, { organization_id });
  if (checkpoint === undefined) throw nothingExported();
  const plan = await planOf(ctx, { moment, checkpoint });
  if (plan.last <= plan.after) return { first: null, last: null, count: 0, done: true, limited_by: plan.limited_by };
  const prune = await begin(ctx, { plan, checkpoint, before });
  return answer(prune, { done: await removeFor(ctx), limited_by: plan.limited_by });
}

function answer(
  { first_seq, last_seq }: AuditPrune,
  how: Pick<OutputOf<'audit.prune'>, 'done' | 'limited_by'>,
): OutputOf<'audit.prune'> {
  return { first: first_seq, last: last_seq, count: last_seq - first_seq + 1, ...how };
}

interface PlanInput {
  readonly moment: number;
  readonly checkpoint: CheckpointRow;
}

async function planOf({ organization_id, store: { db } }: Ctx, { moment, checkpoint }: PlanInput): Promise<Plan> {
  const after = await prunedUpTo(db, { organization_id });
  const { seq: end } = await auditHead(db, { organization_id });
  const old = await lastBefore(db, { organization_id, after, last: end, moment });
  const signed = Math.min(old, checkpoint.size);
  const some = Math.min(signed, after + MOST);
  const needed = await earliestNeeded(db, { organization_id, after, last: some });
  if (needed !== undefined) return { after, last: needed - 1, limited_by: 'open_request' };
  const limited_by = some < signed ? 'size' : signed < old ? 'checkpoint' : null;
  return { after, last: some, limited_by };
}

interface PruneInput {
  readonly plan: Plan;
  readonly checkpoint: CheckpointRow;
  readonly before: string;
}

/** Records in the log what is removed, and remembers it, in one transaction. From its commit on the entries count as gone. */
async function begin(ctx: Ctx<UserActor>, { plan, checkpoint, before }: PruneInput): Promise<AuditPrune> {
  const { organization_id, store, actor } = ctx;
  const { after, last } = plan;
  const prune: Prune = { first: after + 1, last, ...(await treeUpTo(store.db, { organization_id, last })) };
  await expectSigned(ctx, { last, checkpoint });
  const row: AuditPrune = {
    organization_id,
    first_seq: after + 1,
    last_seq: last,
    pruned_by: actor.user_id,
    pruned_at: ctx.now(),
    finished_at: null,
  };
  await change(ctx, async (tx) => {
    await lockTree(tx, { organization_id });
    if ((await prunedUpTo(tx, { organization_id })) !== after) {
      throw new WritError('conflict', {
        detail: 'The audit log is being pruned by somebody else. Nothing was changed.',
      });
    }
    await insertPrune(tx, row);
    const data = { ...pruneData(prune), before, checkpoint: checkpoint.size };
    return { result: undefined, happened: { kind: PRUNED, data } };
  });
  return row;
}

/** Throws where the part to be removed is not the beginning of what was handed out as signed: then it is evidence. */
async function expectSigned(
  { organization_id, store }: Ctx,
  { last, checkpoint }: { readonly last: number; readonly checkpoint: CheckpointRow },
): Promise<void> {
  const claim = { first: last, second: checkpoint.size };
  const proof = await proveConsistency(store.db, { organization_id, ...claim });
  if (verifyConsistency({ ...claim, ...proof, second_root: checkpoint.root })) return;
  throw new WritError('internal', {
    detail: `The audit log's tree contradicts the checkpoint of ${checkpoint.size} entries that was handed out. Nothing is removed.`,
  });
}

/** Removes further entries for a while; true when nothing is left to remove. */
async function removeFor(ctx: Ctx): Promise<boolean> {
  const { organization_id, store } = ctx;
  const end = ctx.now() + AT_MOST;
  for (;;) {
    const prune = await unfinishedPrune(store.db, { organization_id });
    if (prune === undefined) return true;
    if (ctx.now() > end) return false;
    await store.transaction((tx) => removePruned(tx, { prune, batch: BATCH, now: ctx.now() }));
  }
}

/** Continues a prune that was interrupted. */
export async function tendPrunes(ctx: Ctx): Promise<void> {
  await removeFor(ctx);
}

function nothingExported(): WritError {
  return new WritError('conflict', {
    detail:
      'No checkpoint of the audit log was handed out yet, so nothing could prove what was removed: run `writ audit checkpoint --out FILE`, keep the file elsewhere, then prune.',
  });
}
