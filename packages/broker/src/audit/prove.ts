import type { InputOf, OutputOf } from '@writ/api';
import { leafHash, verifyInclusion, WritError } from '@writ/core';
import { proveConsistency, proveInclusion, prunedUpTo, readEntry } from '@writ/store';
import type { Ctx } from '../context.ts';
import { wrong } from '../validation.ts';
import { freshCheckpoint } from './checkpoint.ts';
import { openCheckpointKey } from './checkpoint-key.ts';

type Proof = OutputOf<'audit.proof'>;

/**
 * Proves that an entry is in the last checkpoint (`event`), or that the log of one size begins that of another (`first`, `second`).
 * Throws `validation_failed` for anything else, `not_found` for what is not there, `unavailable` for what is not covered yet.
 */
export async function getProof(ctx: Ctx, input: InputOf<'audit.proof'>): Promise<Proof> {
  const { event, first, second } = input;
  if (event !== undefined && first === undefined && second === undefined) return await inclusion(ctx, event);
  if (event === undefined && first !== undefined && second !== undefined) {
    if (first > second) throw wrong({ field: 'first', problem: 'must not be larger than second' });
    return await consistency(ctx, { first, second });
  }
  throw wrong({ field: 'event', problem: 'must be given alone, or else first and second' });
}

async function inclusion(ctx: Ctx, seq: number): Promise<Proof> {
  const { organization_id, store } = ctx;
  const { size, root, note } = await freshCheckpoint(ctx, await openCheckpointKey(ctx));
  const entry = await readEntry(store.db, { organization_id, seq });
  if (entry === undefined && seq > size) throw new WritError('not_found');
  if (seq > size) throw notCovered();
  if (seq <= (await prunedUpTo(store.db, { organization_id }))) {
    throw new WritError('not_found', {
      detail: `Entry ${seq} was pruned: \`writ audit list --kind audit.pruned\` says when.`,
    });
  }
  const index = seq - 1;
  const proof = await proveInclusion(store.db, { organization_id, index, size });
  const leaf = leafHash(entry ?? '');
  if (entry === undefined || !verifyInclusion({ leaf, index, size, root, proof })) throw changed(seq);
  return {
    kind: 'inclusion',
    event: seq,
    entry,
    leaf: text(leaf),
    size,
    root: text(root),
    proof: proof.map(text),
    note,
  };
}

async function consistency(
  ctx: Ctx,
  { first, second }: { readonly first: number; readonly second: number },
): Promise<Proof> {
  const { organization_id, store } = ctx;
  const { size } = await freshCheckpoint(ctx, await openCheckpointKey(ctx));
  if (second > size && (await readEntry(store.db, { organization_id, seq: second })) === undefined) {
    throw new WritError('not_found');
  }
  if (second > size) throw notCovered();
  const { first_root, second_root, proof } = await proveConsistency(store.db, { organization_id, first, second });
  return {
    kind: 'consistency',
    first,
    second,
    first_root: text(first_root),
    second_root: text(second_root),
    proof: proof.map(text),
  };
}

const text = (hash: Uint8Array): string => Buffer.from(hash).toString('base64');

function notCovered(): WritError {
  return new WritError('unavailable', { detail: 'No checkpoint covers that yet. Ask again.', retry_after: 3 });
}

function changed(seq: number): WritError {
  return new WritError('internal', {
    detail: `Entry ${seq} is not the one that was covered by a checkpoint: the audit log was changed. Run \`writ audit verify --checkpoint\` with one you kept.`,
  });
}
