/**
 * Pruning: removes the beginning of the log after it was signed. The tree's tiles stay, so that every proof can still be made. The
 * entries go in small steps, each in a transaction of its own that never holds the lock of the log's head.
 */
import { leafHash, type MerkleTree, sha256Hex, treeOf, WritError } from '@writ/core';
import { and, asc, desc, eq, gt, gte, isNull, lte, notExists } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db, Tx } from '../database.ts';
import { audit_events, audit_prunes } from '../schema/index.ts';
import { readEntry } from './proofs.ts';
import { openTiles } from './tiles.ts';

/** A prune as it is remembered. Times in milliseconds. */
export type AuditPrune = typeof audit_prunes.$inferSelect;

interface Organization {
  readonly organization_id: string;
}

/** Entries after `after` and up to `last`. */
interface Part extends Organization {
  readonly after: number;
  readonly last: number;
}

/** How far entries may be out of order by their times, as a number of entries, since the clocks of brokers differ. */
const NEAR = 5_000;
/** How many entries one question looks through for what is still needed. */
const CHUNK = 5_000;

/**
 * The last entry of a part before the first one that is not older than a moment (ms); `after` where there is none. It is found by
 * halving, since entries follow one another in time, and then one by one where clocks may have differed.
 */
export async function lastBefore(db: Db, part: Part & { readonly moment: number }): Promise<number> {
  const { organization_id, after, moment } = part;
  let [low, high] = [after, part.last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [row] = await db
      .select({ at: audit_events.at })
      .from(audit_events)
      .where(and(eq(audit_events.organization_id, organization_id), eq(audit_events.seq, middle)));
    if (row !== undefined && row.at < moment) low = middle;
    else high = middle - 1;
  }
  const near = between({ organization_id, after: Math.max(after, low - NEAR), last: low });
  const [young] = await db
    .select({ seq: audit_events.seq })
    .from(audit_events)
    .where(and(near, gte(audit_events.at, moment)))
    .orderBy(asc(audit_events.seq))
    .limit(1);
  return young === undefined ? low : young.seq - 1;
}

/**
 * The earliest entry of a part that something still needs: a request that was allowed, and of which no entry says how it ended.
 * Undefined where nothing needs any.
 */
export async function earliestNeeded(db: Db, part: Part): Promise<number | undefined> {
  const { organization_id } = part;
  const ended = alias(audit_events, 'ended');
  const end = db
    .select({ seq: ended.seq })
    .from(ended)
    .where(
      and(
        eq(ended.organization_id, organization_id),
        eq(ended.request_id, audit_events.request_id),
        eq(ended.kind, 'request.ended'),
      ),
    );
  // In small pieces: a query over a whole log would take longer than a statement may.
  for (let after = part.after; after < part.last; after += CHUNK) {
    const here = between({ organization_id, after, last: Math.min(after + CHUNK, part.last) });
    const [open] = await db
      .select({ seq: audit_events.seq })
      .from(audit_events)
      .where(and(here, eq(audit_events.kind, 'request.allowed'), notExists(end)))
      .orderBy(asc(audit_events.seq))
      .limit(1);
    if (open !== undefined) return open.seq;
  }
  return undefined;
}

function between({ organization_id, after, last }: Part) {
  return and(
    eq(audit_events.organization_id, organization_id),
    gt(audit_events.seq, after),
    lte(audit_events.seq, last),
  );
}

/** Checks what the log says of a part's last entry: its hash, and the tree that ends with it. Throws `WritError` (`internal`). */
export async function treeUpTo(
  db: Db,
  { organization_id, last }: Organization & { readonly last: number },
): Promise<{ readonly last_hash: string; readonly tree: MerkleTree }> {
  const event = await readEntry(db, { organization_id, seq: last });
  const { read } = openTiles(db, { organization_id });
  if (event === undefined || !isLeaf(event, await read(0, last - 1))) throw changed(last);
  return { last_hash: sha256Hex(event), tree: await treeOf(last, read) };
}

const isLeaf = (event: string, leaf: Uint8Array): boolean => Buffer.from(leafHash(event)).equals(leaf);

/** Remembers a prune. From the commit on the entries count as gone. */
export async function insertPrune(tx: Tx, prune: AuditPrune): Promise<void> {
  await tx.insert(audit_prunes).values(prune);
}

/** The prune whose entries are not all removed yet. */
export async function unfinishedPrune(db: Db, { organization_id }: Organization): Promise<AuditPrune | undefined> {
  const [row] = await db
    .select()
    .from(audit_prunes)
    .where(and(eq(audit_prunes.organization_id, organization_id), isNull(audit_prunes.finished_at)))
    .orderBy(asc(audit_prunes.last_seq))
    .limit(1);
  return row;
}

/** The prunes since a moment (ms), the newest first, at most 20. */
export async function prunesSince(
  db: Db,
  { organization_id, since }: Organization & { readonly since: number },
): Promise<readonly AuditPrune[]> {
  return await db
    .select()
    .from(audit_prunes)
    .where(and(eq(audit_prunes.organization_id, organization_id), gte(audit_prunes.pruned_at, since)))
    .orderBy(desc(audit_prunes.last_seq))
    .limit(20);
}

/**
 * Removes the oldest entries of a prune, at most `batch`, after each was found to be the very one that is in the tree. Marks the prune as
 * finished where none is left. Returns how many it removed. Throws `WritError` (`internal`) with a sentence, and removes nothing, where
 * an entry is another one: what was tampered with is evidence.
 */
export async function removePruned(
  tx: Tx,
  { prune, batch, now }: { readonly prune: AuditPrune; readonly batch: number; readonly now: number },
): Promise<number> {
  const { organization_id, last_seq } = prune;
  const rows = await tx
    .select({ seq: audit_events.seq, event: audit_events.event })
    .from(audit_events)
    .where(and(eq(audit_events.organization_id, organization_id), lte(audit_events.seq, last_seq)))
    .orderBy(asc(audit_events.seq))
    .limit(batch);
  const { read } = openTiles(tx, { organization_id });
  for (const { seq, event } of rows) {
    if (!isLeaf(event, await read(0, seq - 1))) throw changed(seq);
  }
  const last = rows.at(-1)?.seq;
  if (last !== undefined) {
    await tx
      .delete(audit_events)
      .where(and(eq(audit_events.organization_id, organization_id), lte(audit_events.seq, last)));
  }
  if (rows.length < batch) await finish(tx, prune, now);
  return rows.length;
}

async function finish(tx: Tx, { organization_id, last_seq }: AuditPrune, now: number): Promise<void> {
  await tx
    .update(audit_prunes)
    .set({ finished_at: now })
    .where(and(eq(audit_prunes.organization_id, organization_id), eq(audit_prunes.last_seq, last_seq)));
}

function changed(seq: number): WritError {
  return new WritError('internal', {
    detail: `Entry ${seq} of the audit log is not the one that was signed: nothing more is removed. Run \`writ audit verify --checkpoint\` with a checkpoint you kept.`,
  });
}
