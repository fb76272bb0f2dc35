import { setImmediate as nextTurn } from 'node:timers/promises';
import { appendLeaf, leafHash, sha256Hex, treeOf, WritError } from '@writ/core';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { auditHead } from '../audit/index.ts';
import type { Db, Tx } from '../database.ts';
import { audit_events, audit_tree } from '../schema/index.ts';
import { openTiles } from './tiles.ts';

/** How far the tree covers the log: entries, and the SHA-256 of the last one (hex). */
export interface TreeHead {
  readonly size: number;
  readonly last_hash: string;
}

/** The result of one step. */
export interface Growth {
  readonly size: number;
  /** True when there may be more to cover. */
  readonly more: boolean;
}

/** The organization whose tree it is, and whether to wait for its lock. */
export interface Claim {
  readonly organization_id: string;
  /** With `skip` it does not wait for a lock that another transaction holds. */
  readonly wait?: 'skip';
}

/** How many entries the tree covers; 0 before the first. Locks nothing. */
export async function treeSize(db: Db, { organization_id }: { readonly organization_id: string }): Promise<number> {
  const [tree] = await db
    .select({ size: audit_tree.size })
    .from(audit_tree)
    .where(eq(audit_tree.organization_id, organization_id));
  return tree?.size ?? 0;
}

/** Locks the tree until the transaction ends, and returns how far it goes; undefined when it is locked and `wait` is `skip`. */
export async function lockTree(tx: Tx, { organization_id, wait }: Claim): Promise<TreeHead | undefined> {
  const [head] = await tx
    .select({ size: audit_tree.size, last_hash: audit_tree.last_hash })
    .from(audit_tree)
    .where(eq(audit_tree.organization_id, organization_id))
    .for('update', wait === 'skip' ? { skipLocked: true } : {});
  return head;
}

/**
 * Lets the tree cover at most `batch` more entries: the exact bytes of each are a leaf. Of several brokers one does it; with `skip` the
 * others do nothing. Throws `WritError` (`internal`) with a sentence, and covers nothing, where the log's own chain is broken or its end
 * is gone. The commit does not wait for the disk: what a crash loses is computed again from the log, and signing waits for the disk.
 */
export async function growTree(tx: Tx, input: Claim & { readonly batch: number }): Promise<Growth | undefined> {
  const { organization_id, batch } = input;
  const head = await lockTree(tx, input);
  if (head === undefined) return undefined;
  await tx.execute(sql`select set_config('synchronous_commit', 'off', true)`);
  const rows = await tx
    .select({ seq: audit_events.seq, event: audit_events.event })
    .from(audit_events)
    .where(and(eq(audit_events.organization_id, organization_id), gt(audit_events.seq, head.size)))
    .orderBy(asc(audit_events.seq))
    .limit(batch);
  if (rows.length === 0) return await unchanged(tx, { organization_id, size: head.size });
  const after = await addEntries(tx, { organization_id, head, rows });
  await tx.update(audit_tree).set(after).where(eq(audit_tree.organization_id, organization_id));
  return { size: after.size, more: rows.length === batch };
}

interface TreeSize {
  readonly organization_id: string;
  readonly size: number;
}

/** A log goes at least as far as its tree: a prune removes entries from its beginning, and nothing does from its end. */
async function unchanged(tx: Tx, { organization_id, size }: TreeSize): Promise<Growth> {
  const { seq } = await auditHead(tx, { organization_id });
  if (seq >= size) return { size, more: false };
  throw new WritError('internal', {
    detail: `The audit log ends with entry ${seq}, but once had ${size}: run \`writ audit verify --checkpoint\` with one you kept. No checkpoint is signed.`,
  });
}

interface Entry {
  readonly seq: number;
  readonly event: string;
}

interface NewEntries {
  readonly organization_id: string;
  readonly head: TreeHead;
  readonly rows: readonly Entry[];
}

/** Entries that are hashed in one turn of the event loop: half a millisecond. */
const AT_ONCE = 50;

async function addEntries(tx: Tx, { organization_id, head, rows }: NewEntries): Promise<TreeHead> {
  const tiles = openTiles(tx, { organization_id });
  let tree = await treeOf(head.size, tiles.read);
  let after = head;
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    if (from > 0) await nextTurn();
    const some = rows.slice(from, from + AT_ONCE);
    after = followed(after, some);
    for (const { event } of some) {
      const appended = appendLeaf(tree, leafHash(event));
      for (const node of appended.nodes) await tiles.add(node);
      tree = appended.tree;
    }
  }
  await tiles.write(tx);
  return after;
}

/** Each entry must follow the one before, so that a damaged log is found before anything is signed over it, not after. */
function followed(head: TreeHead, rows: readonly Entry[]): TreeHead {
  let { size, last_hash } = head;
  for (const { seq, event } of rows) {
    size += 1;
    // Quotes within a text are escaped in JSON, so only members of these names match.
    if (seq !== size || !event.includes(`"prev":"${last_hash}"`) || !event.includes(`"seq":${seq},`)) {
      throw new WritError('internal', {
        detail: `The audit log is not whole at entry ${size}: run \`writ audit verify\`. No checkpoint is signed over it.`,
      });
    }
    last_hash = sha256Hex(event);
  }
  return { size, last_hash };
}
