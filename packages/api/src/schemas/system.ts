import { z } from 'zod';

/** Alive: the process answers. */
export const alive = z.object({ status: z.literal('ok') });

/** Ready: the database answers too, and is written to. */
export const ready = z.object({ status: z.literal('ok'), database: z.literal('ok') });

export const document = z.record(z.string(), z.unknown());
