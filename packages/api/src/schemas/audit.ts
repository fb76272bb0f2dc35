import { AUDIT_KINDS, AUDIT_RESULTS, effectSchema } from '@writ/core';
import { z } from 'zod';
import { page, paging, search, time } from './common.ts';

const filter = z.string().min(1).max(200).optional();

/** Which events: those to which all that is given applies. */
const filters = {
  q: search.describe('a part of the text of the entry; A and a are the same'),
  kind: z.enum(AUDIT_KINDS, { error: 'is no kind of event' }).optional(),
  actor: filter,
  client_id: filter,
  task_id: filter,
  connection: filter,
  operation: filter,
  effect: effectSchema.optional().describe('of one of the operations of the event'),
  request_id: filter,
  result: z.enum(AUDIT_RESULTS, { error: 'is no result of an event' }).optional(),
};

export const auditQuery = z.strictObject({
  ...filters,
  since: time.optional(),
  until: time.optional(),
  ...paging,
});

/** Which events to count, and in how many equal parts of the time from `from` to `to` (excluded; now, if not given). */
export const histogramQuery = z
  .strictObject({
    ...filters,
    from: time,
    to: time.optional(),
    buckets: z.coerce.number().int().min(1).max(200).default(60),
  })
  .refine(({ from, to }) => to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'must be later than `from`',
  });

/**
 * Events by time, the earliest first. Of calls: `allowed`, `refused`, `asked` (they wait for a human's yes), `held` (they wait for their time).
 * `other`: all other events, among them how calls ended. `counted_from`: null where all was counted; else only what is not earlier was, because
 * there is more than is counted at once.
 */
export const histogram = z.object({
  items: z.array(
    z.object({
      from: time,
      to: time,
      allowed: z.number().int(),
      refused: z.number().int(),
      asked: z.number().int(),
      held: z.number().int(),
      other: z.number().int(),
    }),
  ),
  counted_from: time.nullable(),
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
