import { consistencyProof, rootHash, treeOf, verifyConsistency, WritError } from '@writ/core';
import { and, desc, eq, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { audit_checkpoints } from '../schema/index.ts';
import { lockTree } from './grow.ts';
import { openTiles, type Tiles } from './tiles.ts';

/** A checkpoint that was signed: `root` is 32 bytes, `note` the signed note (C2SP), `signed_at` in milliseconds. */
export interface CheckpointRow {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly signed_at: number;
}

/** How a checkpoint is signed. */
export interface SignOptions {
  readonly organization_id: string;
  readonly now: number;
  /** The last one is returned instead while it is younger than this, in milliseconds. */
  readonly rest: number;
  /** Returns the signed note. */
  readonly sign: (tree: { readonly size: number; readonly root: Uint8Array }) => string;
}

const columns = {
  size: audit_checkpoints.size,
  root: audit_checkpoints.root,
  note: audit_checkpoints.note,
  signed_at: audit_checkpoints.signed_at,
};

interface OfOrganization {
  readonly organization_id: string;
}

/** The checkpoint that was signed last. */
export async function lastCheckpoint(db: Db, of: OfOrganization): Promise<CheckpointRow | undefined> {
  return await largest(db, of);
}

async function largest(db: Db, { organization_id }: OfOrganization, which?: SQL): Promise<CheckpointRow | undefined> {
  const [row] = await db
    .select(columns)
    .from(audit_checkpoints)
    .where(and(eq(audit_checkpoints.organization_id, organization_id), which))
    .orderBy(desc(audit_checkpoints.size))
    .limit(1);
  return row;
}

/** Remembers that a checkpoint was handed out to be kept elsewhere. */
export async function markExported(
  db: Db,
  { organization_id, size, now }: OfOrganization & { readonly size: number; readonly now: number },
): Promise<void> {
  await db
    .update(audit_checkpoints)
    .set({ exported_at: now })
    .where(
      and(
        eq(audit_checkpoints.organization_id, organization_id),
        eq(audit_checkpoints.size, size),
        isNull(audit_checkpoints.exported_at),
      ),
    );
}

/** The largest checkpoint that was handed out; undefined before the first. */
export async function lastExported(db: Db, of: OfOrganization): Promise<CheckpointRow | undefined> {
  return await largest(db, of, isNotNull(audit_checkpoints.exported_at));
}

/**
 * Signs the tree as it stands, or returns the last checkpoint where there is nothing new. Hand the note out only when the
 * transaction has committed: then it is remembered, and all that is signed later has it for a beginning. Throws `WritError`
 * (`internal`) with a sentence, and signs nothing, where the tree does not begin with the last checkpoint's.
 */
export async function signTree(tx: Tx, signing: SignOptions): Promise<CheckpointRow> {
  const { organization_id, now, rest, sign } = signing;
  const head = await lockTree(tx, { organization_id });
  if (head === undefined) throw new TypeError(`there is no organization ${organization_id}`);
  const { size } = head;
  // Read after the lock was taken: another broker may have signed until then.
  const last = await lastCheckpoint(tx, { organization_id });
  if (last && (last.size === size || now - last.signed_at < rest)) return last;
  const root = await provenRoot(openTiles(tx, { organization_id }), { size, last });
  const row = { size, root: Buffer.from(root), note: sign({ size, root }), signed_at: now };
  await tx.insert(audit_checkpoints).values({ organization_id, ...row });
  return row;
}

/** The root, once a proof made of the very nodes it is computed from shows that it continues the last one signed. */
async function provenRoot(
  { read }: Tiles,
  { size, last }: { readonly size: number; readonly last: CheckpointRow | undefined },
): Promise<Uint8Array> {
  try {
    const root = rootHash(await treeOf(size, read));
    if (last === undefined) return root;
    const claim = { first: last.size, second: size };
    const proof = await consistencyProof(claim, read);
    if (verifyConsistency({ ...claim, first_root: last.root, second_root: root, proof })) return root;
    throw new RangeError('the tree does not begin with the one that was signed');
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof TypeError)) throw cause;
    throw new WritError('internal', {
      detail: `The audit log's tree contradicts the checkpoint that was signed over ${last?.size ?? 0} entries: its history was changed. Nothing is signed.`,
      cause,
    });
  }
}
