import { z } from 'zod';

/** The answer of a process that is alive. */
export const alive = z.object({ status: z.literal('ok') });

/** The answer of a broker that is ready: its database answers and can be written to. */
export const ready = z.object({ status: z.literal('ok'), database: z.literal('ok') });

export const document = z.record(z.string(), z.unknown());
