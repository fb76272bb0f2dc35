import { z } from 'zod';
import { time } from './common.ts';

const kekId = z.string().regex(/^local_[0-9a-f]{16}$/, 'must be the id of a key-encryption key');

/**
 * The key file that the database is sealed with: the id of its key, and what was answered to the question whether a copy of it lies on
 * another machine; null until somebody answers. `copy_answered_by`: `user:<id>` or `client:<id>`.
 */
export const keyFile = z.object({
  kek_id: z.string(),
  created_at: time,
  copy_kept: z.boolean().nullable(),
  copy_answered_at: time.nullable(),
  copy_answered_by: z.string().nullable(),
});

/** An answer, for the key it was asked of: so it never counts for one that has taken its place. */
export const putKeyFile = z.strictObject({ kek_id: kekId, copy_kept: z.boolean() });
