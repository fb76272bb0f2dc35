/** A Merkle tree over a log (RFC 9162 section 2.1, the same as RFC 6962's): hashes, proofs and their verification. Pure. */
import { sha256 } from '../json/digest.ts';

/** A complete subtree: `level` 0 is a leaf, and `index` counts the subtrees of its level from the left. */
export interface MerkleNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/** The state from which a tree is continued: the number of leaves, and the roots of the complete subtrees that they form, largest first. */
export interface MerkleTree {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

/** Reads the hash of a complete subtree, as `appendLeaf` gave it. Throws if there is none. */
export type NodeReader = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/** The tree without leaves. */
export const EMPTY_TREE: MerkleTree = { size: 0, peaks: [] };

/** The first byte of the hashed data, so that no leaf has the hash of a node. */
const [LEAF, NODE] = [Uint8Array.of(0), Uint8Array.of(1)];

/** Hashes an entry to a leaf: SHA-256(0x00 || entry). */
export function leafHash(entry: string | Uint8Array): Uint8Array {
  // U+0000 is the one byte 0x00 in UTF-8.
  return sha256(typeof entry === 'string' ? `\0${entry}` : Buffer.concat([LEAF, entry]));
}

/** Hashes two subtrees to the one above them: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([NODE, left, right]));
}

/**
 * Appends a leaf hash. Returns the new tree and the nodes that became complete, the leaf first. From these nodes, kept by level and index,
 * every proof can be made.
 */
export function appendLeaf(
  tree: MerkleTree,
  leaf: Uint8Array,
): { readonly tree: MerkleTree; readonly nodes: readonly MerkleNode[] } {
  const peaks = [...tree.peaks];
  const nodes: MerkleNode[] = [{ level: 0, index: tree.size, hash: leaf }];
  let hash = leaf;
  let level = 0;
  for (let rest = tree.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = peaks.pop();
    if (left === undefined) throw new TypeError('a Merkle tree has fewer peaks than its size needs');
    hash = nodeHash(left, hash);
    level += 1;
    nodes.push({ level, index: (rest - 1) / 2, hash });
  }
  return { tree: { size: tree.size + 1, peaks: [...peaks, hash] }, nodes };
}

/**
 * Adds a complete subtree to a row of adjacent ones. A right child is joined with its left sibling. If the row begins with the first leaf,
 * the result are the peaks of its tree.
 */
export function addNode(row: readonly MerkleNode[], node: MerkleNode): readonly MerkleNode[] {
  const left = row.at(-1);
  const isSibling = left !== undefined && left.level === node.level && left.index === node.index - 1;
  if (!isSibling || node.index % 2 === 0) return [...row, node];
  const above = { level: node.level + 1, index: (node.index - 1) / 2, hash: nodeHash(left.hash, node.hash) };
  return addNode(row.slice(0, -1), above);
}

/** Returns the peaks of a tree as subtrees; undefined if their number does not fit the size. */
export function peakNodes({ size, peaks }: MerkleTree): readonly MerkleNode[] | undefined {
  const nodes: MerkleNode[] = [];
  let begin = 0;
  for (const hash of peaks) {
    if (begin >= size) return undefined;
    const width = largestPower(size - begin);
    nodes.push({ level: Math.log2(width), index: begin / width, hash });
    begin += width;
  }
  return begin === size ? nodes : undefined;
}

/** Returns the root hash; SHA-256 of nothing for the empty tree. */
export function rootHash(tree: MerkleTree): Uint8Array {
  const [last, ...others] = tree.peaks.toReversed();
  if (last === undefined) return sha256('');
  return others.reduce((right, left) => nodeHash(left, right), last);
}

/** Returns the tree of the first `size` leaves, made from kept nodes: to sign or continue a log after a restart. */
export async function treeOf(size: number, read: NodeReader): Promise<MerkleTree> {
  if (!isCount(size)) throw new RangeError('the size of a tree is a whole number');
  const peaks: Uint8Array[] = [];
  let begin = 0;
  while (begin < size) {
    const width = largestPower(size - begin);
    peaks.push(await read(Math.log2(width), begin / width));
    begin += width;
  }
  return { size, peaks };
}

/**
 * Makes the proof that a leaf is in the tree of a size (section 2.1.3.1): the hashes beside the path to the root, lowest first. Throws
 * `RangeError`.
 */
export async function inclusionProof(
  { index, size }: { readonly index: number; readonly size: number },
  read: NodeReader,
): Promise<Uint8Array[]> {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError('there is no such leaf in that tree');
  return await Promise.all(inclusionPath(index, { begin: 0, end: size }).map((range) => hashOf(range, read)));
}

/**
 * Makes the proof that the tree of one size is the beginning of the tree of another (section 2.1.4.1). Throws `RangeError` unless 0 <=
 * first <= second.
 */
export async function consistencyProof(
  { first, second }: { readonly first: number; readonly second: number },
  read: NodeReader,
): Promise<Uint8Array[]> {
  if (!isCount(first) || !isCount(second) || first > second) throw new RangeError('the first tree is the smaller one');
  if (first === 0) return [];
  return await Promise.all(consistencyPath(first, { begin: 0, end: second }, true).map((range) => hashOf(range, read)));
}

/** The leaves from `begin` up to, but not including, `end`. */
interface Range {
  readonly begin: number;
  readonly end: number;
}

/** PATH of section 2.1.3.1: the subtrees whose hashes make the proof. `index` counts from the begin of the range. */
function inclusionPath(index: number, { begin, end }: Range): Range[] {
  if (end - begin <= 1) return [];
  const middle = begin + split(end - begin);
  if (begin + index < middle) return [...inclusionPath(index, { begin, end: middle }), { begin: middle, end }];
  return [...inclusionPath(begin + index - middle, { begin: middle, end }), { begin, end: middle }];
}

/** SUBPROOF of section 2.1.4.1. `whole` is true while the first tree is a subtree whose root the verifier knows. */
function consistencyPath(first: number, { begin, end }: Range, whole: boolean): Range[] {
  if (first === end - begin) return whole ? [] : [{ begin, end }];
  const width = split(end - begin);
  const middle = begin + width;
  if (first <= width) return [...consistencyPath(first, { begin, end: middle }, whole), { begin: middle, end }];
  return [...consistencyPath(first - width, { begin: middle, end }, false), { begin, end: middle }];
}

/** Returns the hash of a range. The range must begin where a subtree of its width can begin. */
async function hashOf({ begin, end }: Range, read: NodeReader): Promise<Uint8Array> {
  const size = end - begin;
  const width = largestPower(size);
  if (width === size) return await read(Math.log2(width), begin / width);
  const middle = begin + width;
  return nodeHash(await hashOf({ begin, end: middle }, read), await hashOf({ begin: middle, end }, read));
}

/** Returns the largest power of two that is smaller than n, for n > 1: the place where a tree is split. */
function split(n: number): number {
  const power = largestPower(n);
  return power === n ? n / 2 : power;
}

/** Returns the largest power of two that is not larger than n, for n > 0. It is also right for more than 32 bits, where shifts are not. */
function largestPower(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
