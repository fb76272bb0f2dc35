/** The verification of Merkle proofs from the proof and the roots alone (RFC 9162 sections 2.1.3.2 and 2.1.4.2). */
import { EMPTY_TREE, nodeHash, rootHash } from './merkle.ts';

/** The claim that a leaf is in a tree, and its proof. */
export interface InclusionClaim {
  /** The hash of the entry, as `leafHash` returns it. */
  readonly leaf: Uint8Array;
  /** The index of the leaf, from 0. */
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** The claim that one tree is the beginning of another, and its proof. */
export interface ConsistencyClaim {
  readonly first: number;
  readonly second: number;
  readonly first_root: Uint8Array;
  readonly second_root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Tells whether the proof shows that the leaf is at the index of the tree with the root. Never throws. */
export function verifyInclusion({ leaf, index, size, root, proof }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let place = { at: index, last: size - 1 };
  let hash = leaf;
  for (const beside of proof) {
    if (place.last === 0) return false;
    if (isRight(place)) {
      hash = nodeHash(beside, hash);
      place = toRight(place);
    } else {
      hash = nodeHash(hash, beside);
    }
    place = up(place);
  }
  return place.last === 0 && same(hash, root);
}

/** Tells whether the proof shows that the leaves of the first tree are the first leaves of the second. Never throws. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { first, second, first_root, second_root, proof } = claim;
  if (!isCount(first) || !isCount(second) || first > second) return false;
  if (!areHashes([first_root, second_root, ...proof])) return false;
  if (first === second) return proof.length === 0 && same(first_root, second_root);
  if (first === 0) return proof.length === 0 && same(first_root, rootHash(EMPTY_TREE));
  return walk(claim);
}

/** Builds both roots side by side from one proof, and compares them. */
function walk({ first, second, first_root, second_root, proof }: ConsistencyClaim): boolean {
  let place = { at: first - 1, last: second - 1 };
  while (place.at % 2 === 1) place = up(place);
  // If the first tree is a complete subtree, its hash is not in the proof, since the verifier knows its root.
  const [start, ...rest] = place.at === 0 ? [first_root, ...proof] : proof;
  if (start === undefined) return false;
  let older = start;
  let newer = start;
  for (const beside of rest) {
    if (place.last === 0) return false;
    if (isRight(place)) {
      older = nodeHash(beside, older);
      newer = nodeHash(beside, newer);
      place = toRight(place);
    } else {
      newer = nodeHash(newer, beside);
    }
    place = up(place);
  }
  return place.last === 0 && same(older, first_root) && same(newer, second_root);
}

/** The index of a node in its level, and the index of the last node of the level. */
interface Place {
  readonly at: number;
  readonly last: number;
}

/** Tells whether a node has a left neighbour: a right child has one, and the last node of its level has one further up. */
function isRight({ at, last }: Place): boolean {
  return at % 2 === 1 || at === last;
}

/** Goes up to the first level in which the node is a right child. Below that it has no neighbour. */
function toRight(place: Place): Place {
  let { at, last } = place;
  while (at % 2 === 0 && at !== 0) ({ at, last } = up({ at, last }));
  return { at, last };
}

/** Goes up one level. It divides, because shifts are only right for 32 bits. */
function up({ at, last }: Place): Place {
  return { at: Math.floor(at / 2), last: Math.floor(last / 2) };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.length <= 128 && hashes.every((hash) => hash.length === 32);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
