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

/** 32 bytes. */
const hash = z.string().length(44).describe('SHA-256 in base64');

/** `note` is the signed checkpoint itself; the rest is what it says, and the public key to check it with. */
export const checkpoint = z.object({
  note: z.string(),
  origin: z.string(),
  size: z.number().int(),
  root: hash,
  vkey: z.string().describe('name+keyid+key, as C2SP signed-note has it'),
  signed_at: time,
});

/** Which entries are to be removed: those from before a moment. */
export const prune = z.strictObject({ before: time });

/**
 * What was removed: entries `first` to `last`, none where both are null. `done` is false while the broker goes on removing them; they
 * count as gone already. `limited_by` says what kept it from being more: the last checkpoint that was handed out, a request that was
 * allowed and of which nobody knows how it ended, the most that one call removes, or an earlier prune that was to be finished first.
 */
export const pruned = z.object({
  first: z.number().int().nullable(),
  last: z.number().int().nullable(),
  count: z.number().int(),
  done: z.boolean(),
  limited_by: z.enum(['checkpoint', 'open_request', 'size', 'earlier_prune']).nullable(),
});

/** Either `event`, an entry's `seq`, or both `first` and `second`, numbers of entries. */
export const proofQuery = z.strictObject({
  event: z.coerce.number().int().min(1).optional(),
  first: z.coerce.number().int().min(0).optional(),
  second: z.coerce.number().int().min(0).optional(),
});

/** An inclusion proof is against the checkpoint in `note`; `entry` is the exact text whose leaf hash is `leaf`. Lowest hash first. */
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
