/**
 * The Merkle tree over the audit log: how it grows after the log, is signed without ever contradicting an earlier signature, and gives
 * proofs.
 */
export { type Claim, type Growth, growTree, lockTree, treeSize } from './grow.ts';
export { type CheckpointKey, findCheckpointKey, insertCheckpointKey } from './keys.ts';
export { type ConsistencyProof, proveConsistency, proveInclusion, readEntry } from './proofs.ts';
export * from './prune.ts';
export { type CheckpointRow, lastCheckpoint, lastExported, markExported, type SignOptions, signTree } from './sign.ts';
