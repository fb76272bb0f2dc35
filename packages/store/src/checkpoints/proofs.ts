import { consistencyProof, inclusionProof, rootHash, treeOf, WritError } from '@writ/core';
import { and, eq } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { audit_events } from '../schema/index.ts';
import { openTiles } from './tiles.ts';

interface Organization {
  readonly organization_id: string;
}

/** A consistency proof, and the two roots it connects. */
export interface ConsistencyProof {
  readonly first_root: Uint8Array;
  readonly second_root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** The exact text of one entry; undefined where there is none. */
export async function readEntry(db: Db, input: Organization & { readonly seq: number }): Promise<string | undefined> {
  const { organization_id, seq } = input;
  const [row] = await db
    .select({ event: audit_events.event })
    .from(audit_events)
    .where(and(eq(audit_events.organization_id, organization_id), eq(audit_events.seq, seq)));
  return row?.event;
}

/** Proves that the leaf at `index` (from 0) is in the tree of `size`, which the tree must have reached. */
export async function proveInclusion(
  db: Db,
  input: Organization & { readonly index: number; readonly size: number },
): Promise<readonly Uint8Array[]> {
  const { read } = openTiles(db, input);
  return await whole(() => inclusionProof(input, read));
}

/** Proves that the tree of one size begins that of another, both of which the tree must have reached. */
export async function proveConsistency(
  db: Db,
  input: Organization & { readonly first: number; readonly second: number },
): Promise<ConsistencyProof> {
  const { read } = openTiles(db, input);
  return await whole(async () => ({
    first_root: rootHash(await treeOf(input.first, read)),
    second_root: rootHash(await treeOf(input.second, read)),
    proof: await consistencyProof(input, read),
  }));
}

async function whole<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new WritError('internal', { detail: "The audit log's tree is not as it was written.", cause });
  }
}
