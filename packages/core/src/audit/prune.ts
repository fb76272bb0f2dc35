/** The entry by which a log says that its beginning was removed, so that the rest can still be proved. */
import type { JsonObject } from '../json/json.ts';
import { type MerkleTree, peakNodes, rootHash } from './merkle.ts';

/** The kind of that event. */
export const PRUNED = 'audit.pruned';

/** The removed entries: all up to `last`. `tree` is the tree of these entries, as in a checkpoint of that size. */
export interface Prune {
  readonly first: number;
  readonly last: number;
  /** The SHA-256 of the last removed entry, in hex. The first remaining entry is chained to it. */
  readonly last_hash: string;
  readonly tree: MerkleTree;
}

/**
 * Makes the `data` of the event: the range, the number of entries, the root, and the peaks from which the roots of longer logs are
 * computed.
 */
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

/** Reads an entry that says that the log was pruned; undefined for any other entry, and for one that contradicts itself. */
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
