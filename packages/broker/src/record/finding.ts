import type { Connection } from '@writ/store';
import { z } from 'zod';

/** What verifying found, as it is kept in `connections.identity`. */
const findingSchema = z.object({
  identity: z.string().nullable(),
  reach: z.array(z.string()),
  confirmed: z.boolean(),
  /** Slugs of the connections that an owner knows to have the same credential: confirmed for these, and for no other. */
  confirmed_with: z.array(z.string()).default([]),
  /** By credential id: whether the provider took it, and when (ms). */
  checked: z.record(z.string(), z.object({ accepted: z.boolean(), at: z.number() })),
});
export type Finding = z.infer<typeof findingSchema>;

/** What is known before it ran, and where the provider took no credential. */
export const NOTHING_FOUND: Finding = { identity: null, reach: [], confirmed: false, confirmed_with: [], checked: {} };

/** Reads what verifying found; undefined where it never ran since the credential was given. */
export function findingOf(connection: Pick<Connection, 'identity'>): Finding | undefined {
  const read = findingSchema.safeParse(connection.identity);
  return read.success ? read.data : undefined;
}
