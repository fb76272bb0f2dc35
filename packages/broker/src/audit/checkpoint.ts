import type { InputOf, OutputOf } from '@writ/api';
import { defined, signCheckpoint } from '@writ/core';
import { auditHead, type CheckpointRow, growTree, lastCheckpoint, markExported, signTree, treeSize } from '@writ/store';
import type { Ctx, SystemActor } from '../context.ts';
import { timeOut } from '../page.ts';
import { type CheckpointSigner, openCheckpointKey } from './checkpoint-key.ts';

/** Entries that one transaction adds to the tree: few, since requests wait while they are hashed. */
const BATCH = 128;
/** How long one call may go on adding, in milliseconds. */
const AT_MOST = 1_000;
/** The least time between two checkpoints that are asked for, in milliseconds. */
const ON_DEMAND_REST = 3_000;
/** The time between two checkpoints that nobody asks for, in milliseconds; one is signed where there is something new. */
const UNASKED_REST = 5 * 60_000;

/**
 * Answers a signed checkpoint that covers the audit log up to about now. Throws `internal` with a sentence, and signs nothing,
 * where the log is not the one that was signed before.
 */
export async function getCheckpoint(
  ctx: Ctx,
  _input: InputOf<'audit.checkpoint'>,
): Promise<OutputOf<'audit.checkpoint'>> {
  const signer = await openCheckpointKey(ctx);
  const { size, root, note, signed_at } = await freshCheckpoint(ctx, signer);
  // What was handed out can be kept where the broker cannot reach: so far, and no further, the log may be pruned.
  await markExported(ctx.store.db, { organization_id: ctx.organization_id, size, now: ctx.now() });
  return {
    note,
    origin: signer.name,
    size,
    root: Buffer.from(root).toString('base64'),
    vkey: signer.vkey,
    signed_at: timeOut(signed_at),
  };
}

/** The last checkpoint, or a new one where there is something new and the last is not of just now. */
export async function freshCheckpoint(ctx: Ctx, signer: CheckpointSigner): Promise<CheckpointRow> {
  const last = await lastCheckpoint(ctx.store.db, { organization_id: ctx.organization_id });
  if (last && ctx.now() - last.signed_at < ON_DEMAND_REST) return last;
  await catchUp(ctx);
  return await signNow(ctx, { signer, rest: ON_DEMAND_REST });
}

/** Lets the tree follow the log, and signs it every five minutes. One broker does it at a time; the others do nothing. */
export async function tendCheckpoints(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id, store } = ctx;
  const covered = await treeSize(store.db, { organization_id });
  const { seq } = await auditHead(store.db, { organization_id });
  // While nothing happens nothing is locked, and so nothing written.
  const size = seq === covered ? covered : await catchUp(ctx, 'skip');
  if (size === undefined || size === 0) return;
  const last = await lastCheckpoint(store.db, { organization_id });
  if (last && (last.size === size || ctx.now() - last.signed_at < UNASKED_REST)) return;
  await signNow(ctx, { signer: await openCheckpointKey(ctx), rest: UNASKED_REST });
}

/** Adds what is new to the tree, for a second at most, and returns its size; undefined where another broker is doing so. */
async function catchUp(ctx: Ctx, wait?: 'skip'): Promise<number | undefined> {
  const { organization_id, store } = ctx;
  const end = ctx.now() + AT_MOST;
  const claim = { organization_id, batch: BATCH, ...defined({ wait }) };
  for (;;) {
    const step = await store.transaction((tx) => growTree(tx, claim));
    if (step === undefined || !step.more || ctx.now() > end) return step?.size;
  }
}

function signNow(
  ctx: Ctx,
  { signer, rest }: { readonly signer: CheckpointSigner; readonly rest: number },
): Promise<CheckpointRow> {
  const { organization_id, store } = ctx;
  const sign = (tree: { readonly size: number; readonly root: Uint8Array }): string =>
    signCheckpoint({ origin: signer.name, ...tree }, signer);
  return store.transaction((tx) => signTree(tx, { organization_id, now: ctx.now(), rest, sign }));
}
