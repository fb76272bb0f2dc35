import type { InputOf, OutputOf } from '@writ/api';
import { signCheckpoint } from '@writ/core';
import { auditHead, type CheckpointRow, growTree, lastCheckpoint, markExported, signTree, treeSize } from '@writ/store';
import type { Ctx, SystemActor } from '../context.ts';
import { timeOut } from '../page.ts';
import { type CheckpointSigner, openCheckpointKey } from './checkpoint-key.ts';

/** How many entries one transaction adds to the tree: few, so that each transaction is short. */
const BATCH = 128;
/** The same where nobody waits for a checkpoint. The number grows with how far the tree is behind, so that it keeps up with any rate. */
const UNASKED_BATCH = { least: BATCH, most: 512, share: 1 / 64 };
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
  // The caller can now keep the checkpoint where the broker cannot change it. The log may be pruned up to this checkpoint, and no further.
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

/** The last checkpoint, or a new one where there is something new and the last one is old enough. */
export async function freshCheckpoint(ctx: Ctx, signer: CheckpointSigner): Promise<CheckpointRow> {
  const last = await lastCheckpoint(ctx.store.db, { organization_id: ctx.organization_id });
  if (last && ctx.now() - last.signed_at < ON_DEMAND_REST) return last;
  await catchUp(ctx);
  return await signNow(ctx, { signer, rest: ON_DEMAND_REST });
}

/**
 * Extends the tree by one step, and signs it every five minutes. Answers whether there is more to cover: wait a little between two steps,
 * so that requests are served. One broker does it at a time; the others do nothing.
 */
export async function tendCheckpoints(ctx: Ctx<SystemActor>): Promise<boolean> {
  const { organization_id, store } = ctx;
  const covered = await treeSize(store.db, { organization_id });
  const { seq } = await auditHead(store.db, { organization_id });
  const { least, most, share } = UNASKED_BATCH;
  const batch = Math.min(most, Math.max(least, Math.ceil((seq - covered) * share)));
  // Where nothing has happened, nothing is locked or written.
  const grown =
    seq === covered
      ? { size: covered, more: false }
      : await store.transaction((tx) => growTree(tx, { organization_id, batch, wait: 'skip' }));
  if (grown === undefined || grown.size === 0) return false;
  const last = await lastCheckpoint(store.db, { organization_id });
  const isDue = last === undefined || (last.size !== grown.size && ctx.now() - last.signed_at >= UNASKED_REST);
  if (isDue) await signNow(ctx, { signer: await openCheckpointKey(ctx), rest: UNASKED_REST });
  return grown.more;
}

/** Adds new entries to the tree, for at most a second. */
async function catchUp({ organization_id, store, now }: Ctx): Promise<void> {
  const end = now() + AT_MOST;
  const claim = { organization_id, batch: BATCH };
  while ((await store.transaction((tx) => growTree(tx, claim)))?.more && now() <= end);
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
