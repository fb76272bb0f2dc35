/** How a log says of itself that its beginning was removed, so that what remains can still be proved. */
import type { JsonObject } from '../json/json.ts';
import { type MerkleTree, peakNodes, rootHash } from './merkle.ts';

/** The kind of the event that says so. */
export const PRUNED = 'audit.pruned';

/** What was removed: all entries up to `last`; `tree` is what a checkpoint of that size commits to. */
export interface Prune {
  readonly first: number;
  readonly last: number;
  /** The SHA-256 of the last entry that was removed, in hex: what the first that remains is chained to. */
  readonly last_hash: string;
  readonly tree: MerkleTree;
}

/** The `data` of the event: the range, how many, the root, and the peaks by which roots of longer logs can be computed. */
export function pruneData({ first, last, last_hash, tree }: Prune): JsonObject {
  return {
    first,
    last,
    count: last - first + 1,
    last_hash,
    root: Buffer.from(rootHash(tree)).toString('base64'),
    peaks: tree.peaks.map((peak) => Buffer.from(peak).toString('base64')),
  };
}

/** Reads an entry that says that the log was pruned; undefined for any other, and for one that does not agree with itself. */
export function readPrune({ kind, data }: JsonObject): Prune | undefined {
  if (kind !== PRUNED || typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const { first, last, last_hash, root, peaks } = data as JsonObject;
  if (typeof first !== 'number' || typeof last !== 'number' || typeof last_hash !== 'string') return undefined;
  if (!Array.isArray(peaks) || !Number.isSafeInteger(last) || last < 1 || first > last) return undefined;
  const tree = { size: last, peaks: peaks.map((peak) => Buffer.from(String(peak), 'base64')) };
  const isWhole = peakNodes(tree) !== undefined && tree.peaks.every(({ length }) => length === 32);
  const agrees = isWhole && Buffer.from(rootHash(tree)).toString('base64') === root;
  return agrees ? { first, last, last_hash, tree } : undefined;
}
