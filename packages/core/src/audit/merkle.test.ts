import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../../../../test/vectors/merkle.json' with { type: 'json' };
import {
  appendLeaf,
  consistencyProof,
  EMPTY_TREE,
  inclusionProof,
  leafHash,
  type MerkleTree,
  nodeHash,
  rootHash,
  treeOf,
} from './merkle.ts';
import { verifyConsistency, verifyInclusion } from './merkle-verify.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Makes a log as the store keeps one: every complete node, by level and index. */
function logOf(entries: readonly (string | Uint8Array)[]) {
  const kept = new Map<string, Uint8Array>();
  const trees: MerkleTree[] = [EMPTY_TREE];
  const leaves = entries.map(leafHash);
  for (const leaf of leaves) {
    const { tree, nodes } = appendLeaf(trees.at(-1) ?? EMPTY_TREE, leaf);
    for (const { level, index, hash } of nodes) kept.set(`${level}/${index}`, hash);
    trees.push(tree);
  }
  const read = (level: number, index: number): Uint8Array => {
    const hash = kept.get(`${level}/${index}`);
    if (hash === undefined) throw new Error('an incomplete node was asked for');
    return hash;
  };
  const root = (size: number): Uint8Array => rootHash(trees[size] ?? EMPTY_TREE);
  return { leaves, trees, read, root };
}

const numbered = (size: number) => logOf(Array.from({ length: size }, (_, at) => `entry ${at}`));

/** The root by the definition of RFC 9162 section 2.1.1, word for word. */
function plainRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return rootHash(EMPTY_TREE);
  if (leaves.length === 1) return first;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(plainRoot(leaves.slice(0, k)), plainRoot(leaves.slice(k)));
}

describe('tree hashes', () => {
  const log = logOf(vectors.inputs.map((input) => Buffer.from(input, 'hex')));

  test.each(Object.entries(vectors.roots))('of the first %s inputs are those of the vectors', (size, root) => {
    expect(hex(log.root(Number(size)))).toBe(root);
  });

  test('are those of the definition, for every size', () => {
    const { leaves, root } = numbered(70);
    for (let size = 0; size <= 70; size += 1) expect(hex(root(size))).toBe(hex(plainRoot(leaves.slice(0, size))));
  });

  test('a tree is built again from its kept nodes, and continues as before', async () => {
    const { trees, read, leaves } = numbered(40);
    for (let size = 0; size < 40; size += 1) {
      const again = await treeOf(size, read);
      expect(again).toEqual(trees[size]);
      expect(appendLeaf(again, leaves[size] ?? leafHash('')).tree).toEqual(trees[size + 1]);
    }
  });
});

const sizes = fc.integer({ min: 1, max: 300 });
const log300 = numbered(300);

describe('inclusion', () => {
  const place = sizes.chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));
  const claimOf = async ({ size, index }: { size: number; index: number }) => ({
    leaf: log300.leaves[index] ?? leafHash('none'),
    index,
    size,
    root: log300.root(size),
    proof: await inclusionProof({ index, size }, log300.read),
  });

  test('of every leaf in every tree is proved by at most log2 hashes', async () => {
    const property = fc.asyncProperty(place, async (at) => {
      const claim = await claimOf(at);
      expect(verifyInclusion(claim)).toBe(true);
      expect(claim.proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(at.size)));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('of another leaf, index, size, root or proof is not proved', async () => {
    const property = fc.asyncProperty(place, fc.nat(299), fc.nat(255), async (at, other, bit) => {
      const claim = await claimOf(at);
      const elsewhere = log300.leaves[other] ?? leafHash('none');
      if (other !== at.index) {
        expect(verifyInclusion({ ...claim, leaf: elsewhere })).toBe(false);
        expect(verifyInclusion({ ...claim, index: other })).toBe(false);
      }
      // A tree of another size may need the same hashes, but its root is never the same.
      expect(verifyInclusion({ ...claim, size: at.size + 1, root: log300.root(at.size + 1) })).toBe(false);
      expect(verifyInclusion({ ...claim, root: leafHash('x') })).toBe(false);
      expect(verifyInclusion({ ...claim, proof: [...claim.proof, leafHash('x')] })).toBe(false);
      if (claim.proof.length === 0) return;
      expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
      expect(verifyInclusion({ ...claim, proof: claim.proof.with(0, flip(claim.proof[0], bit)) })).toBe(false);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test.each([
    [-1, 4],
    [4, 4],
    [0, 0],
    [0.5, 4],
    [0, 2 ** 53],
    [Number.NaN, 4],
  ])('leaf %s of a tree of %s has no proof', async (index, size) => {
    await expect(inclusionProof({ index, size }, log300.read)).rejects.toThrow(RangeError);
    const leaf = leafHash('entry 0');
    expect(verifyInclusion({ leaf, index, size, root: leaf, proof: [] })).toBe(false);
  });

  test('a node in place of a leaf, or a hash of another length, is refused', async () => {
    const left = nodeHash(log300.leaves[0] ?? leafHash(''), log300.leaves[1] ?? leafHash(''));
    const right = nodeHash(log300.leaves[2] ?? leafHash(''), log300.leaves[3] ?? leafHash(''));
    const root = log300.root(4);
    expect(verifyInclusion({ leaf: leafHash(Buffer.concat([left, right])), index: 0, size: 1, root, proof: [] })).toBe(
      false,
    );
    expect(verifyInclusion({ leaf: left.subarray(1), index: 0, size: 2, root, proof: [right] })).toBe(false);
  });
});

describe('consistency', () => {
  const pair = sizes.chain((second) => fc.record({ second: fc.constant(second), first: fc.nat(second) }));
  const claimOf = async ({ first, second }: { first: number; second: number }) => ({
    first,
    second,
    first_root: log300.root(first),
    second_root: log300.root(second),
    proof: await consistencyProof({ first, second }, log300.read),
  });

  test('of a log with every earlier state of itself is proved', async () => {
    const property = fc.asyncProperty(pair, async (sizesOfTwo) => {
      expect(verifyConsistency(await claimOf(sizesOfTwo))).toBe(true);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test('of a log with a changed earlier entry is not proved, by any proof that it can make', async () => {
    const property = fc.asyncProperty(pair, fc.nat(299), async ({ first, second }, changed) => {
      fc.pre(changed < first);
      const entries = Array.from({ length: second }, (_, at) => (at === changed ? 'forged' : `entry ${at}`));
      const forged = logOf(entries);
      const proof = await consistencyProof({ first, second }, forged.read);
      const first_root = log300.root(first);
      expect(verifyConsistency({ first, second, first_root, second_root: forged.root(second), proof })).toBe(false);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('with a changed, shorter or longer proof, or another root, is not proved', async () => {
    const property = fc.asyncProperty(pair, fc.nat(255), async (two, bit) => {
      fc.pre(two.first > 0);
      const claim = await claimOf(two);
      expect(verifyConsistency({ ...claim, second_root: leafHash('x') })).toBe(false);
      expect(verifyConsistency({ ...claim, first_root: leafHash('x') })).toBe(false);
      expect(verifyConsistency({ ...claim, proof: [...claim.proof, leafHash('x')] })).toBe(false);
      if (claim.proof.length === 0) return;
      expect(verifyConsistency({ ...claim, proof: claim.proof.slice(0, -1) })).toBe(false);
      const at = bit % claim.proof.length;
      expect(verifyConsistency({ ...claim, proof: claim.proof.with(at, flip(claim.proof[at], bit)) })).toBe(false);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('of a larger tree with a smaller one has no proof', async () => {
    await expect(consistencyProof({ first: 5, second: 4 }, log300.read)).rejects.toThrow(RangeError);
    const root = log300.root(4);
    expect(verifyConsistency({ first: 5, second: 4, first_root: root, second_root: root, proof: [] })).toBe(false);
  });

  test('with the empty log is proved for the empty root only', () => {
    const claim = { first: 0, second: 3, second_root: log300.root(3), proof: [] };
    expect(verifyConsistency({ ...claim, first_root: rootHash(EMPTY_TREE) })).toBe(true);
    expect(verifyConsistency({ ...claim, first_root: log300.root(1) })).toBe(false);
  });
});

test('indexes of more than 32 bits are counted correctly', () => {
  const size = 2 ** 40 + 1;
  const [left, leaf] = [leafHash('left'), leafHash('leaf')];
  const root = nodeHash(left, leaf);
  expect(rootHash({ size, peaks: [left, leaf] })).toEqual(root);
  expect(verifyInclusion({ leaf, index: 2 ** 40, size, root, proof: [left] })).toBe(true);
  expect(verifyInclusion({ leaf, index: 0, size, root, proof: [left] })).toBe(false);
  expect(verifyConsistency({ first: 2 ** 40, second: size, first_root: left, second_root: root, proof: [leaf] })).toBe(
    true,
  );
});

function flip(hash: Uint8Array | undefined, bit: number): Uint8Array {
  const changed = Uint8Array.from(hash ?? []);
  const at = Math.floor(bit / 8);
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8));
  return changed;
}
