import { AUDIT_KINDS, AUDIT_RESULTS } from '@writ/core';
import { z } from 'zod';
import { page, paging, time } from './common.ts';

const filter = z.string().min(1).max(200).optional();

export const auditQuery = z.strictObject({
  kind: z.enum(AUDIT_KINDS, { error: 'is no kind of event' }).optional(),
  actor: filter,
  client_id: filter,
  task_id: filter,
  connection: filter,
  request_id: filter,
  result: z.enum(AUDIT_RESULTS, { error: 'is no result of an event' }).optional(),
  since: time.optional(),
  until: time.optional(),
  ...paging,
});

/** One record. `event` is the entry itself, as chained; `hash` is its SHA-256, which the next entry names as `prev`. */
export const auditItem = z.object({
  seq: z.number().int(),
  hash: z.string(),
  event: z.record(z.string(), z.unknown()),
});

export const audit = page(auditItem);

/** Which part of the log: from `after` (excluded) to `until_seq` (included). */
export const exportQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  until_seq: z.coerce.number().int().min(1).optional(),
});

/** A hash of 32 bytes. */
const hash = z.string().length(44).describe('SHA-256 in base64');

/** A checkpoint: `note` is the signed text; the other members are its content and the public key that verifies it. */
export const checkpoint = z.object({
  note: z.string(),
  origin: z.string(),
  size: z.number().int(),
  root: hash,
  vkey: z.string().describe('name+keyid+key, as C2SP signed-note has it'),
  signed_at: time,
});

/** A prune: entries from before the given moment are removed. */
export const prune = z.strictObject({ before: time });

/**
 * The result of a prune: entries `first` to `last` were removed, none where both are null. `done` is false while the broker goes on removing them; they
 * count as gone already. `limited_by` says why no more could be removed: because of the last checkpoint that was handed out, a
 * request that was allowed and has no recorded end, the limit of one call, or an earlier prune that had to be finished first.
 */
export const pruned = z.object({
  first: z.number().int().nullable(),
  last: z.number().int().nullable(),
  count: z.number().int(),
  done: z.boolean(),
  limited_by: z.enum(['checkpoint', 'open_request', 'size', 'earlier_prune']).nullable(),
});

/** What to prove: `event` is the `seq` of an entry; `first` and `second`, given together in its place, are sizes of the log. */
export const proofQuery = z.strictObject({
  event: z.coerce.number().int().min(1).optional(),
  first: z.coerce.number().int().min(0).optional(),
  second: z.coerce.number().int().min(0).optional(),
});

/** A proof. An inclusion proof is for the checkpoint in `note`; `entry` is the exact text whose leaf hash is `leaf`. Lowest hash first. */
export const proof = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('inclusion'),
    event: z.number().int(),
    entry: z.string(),
    leaf: hash,
    size: z.number().int(),
    root: hash,
    proof: z.array(hash),
    note: z.string(),
  }),
  z.object({
    kind: z.literal('consistency'),
    first: z.number().int(),
    second: z.number().int(),
    first_root: hash,
    second_root: hash,
    proof: z.array(hash),
  }),
]);
