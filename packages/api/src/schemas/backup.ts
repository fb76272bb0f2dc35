import { z } from 'zod';
import { time } from './common.ts';

/**
 * The backups that Writ makes by itself. `folder`: where this broker would put them, null where it makes none. `last`: the last one that was
 * finished; `same_disk` is null where the database is on another machine. `failure`: why the last attempt after it failed.
 */
export const backups = z.object({
  folder: z.string().nullable(),
  last: z.object({ at: time, file: z.string(), bytes: z.number().int(), same_disk: z.boolean().nullable() }).nullable(),
  failure: z.string().nullable(),
});
