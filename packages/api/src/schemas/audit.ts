import { z } from 'zod';
import { page, paging, time } from './common.ts';

const filter = z.string().min(1).max(200).optional();

export const auditQuery = z.strictObject({
  kind: filter,
  actor: filter,
  client_id: filter,
  task_id: filter,
  connection: filter,
  request_id: filter,
  result: filter,
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

/** A signing key as listed: only its public half. */
export const key = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.enum(['pending', 'active', 'retiring', 'retired', 'compromised']),
  public_jwk: z.record(z.string(), z.unknown()),
  created_at: time,
  activated_at: time.nullable(),
  retired_at: time.nullable(),
});

export const keys = page(key);

/** Alive: the process answers. */
export const alive = z.object({ status: z.literal('ok') });

/** Ready: the database answers too, and is written to. */
export const ready = z.object({ status: z.literal('ok'), database: z.literal('ok') });

export const document = z.record(z.string(), z.unknown());
