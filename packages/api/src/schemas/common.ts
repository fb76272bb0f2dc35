import { z } from 'zod';

/** A moment as RFC 3339 in UTC. */
export const time = z.iso.datetime().describe('RFC 3339, UTC');

/** An id that Writ made. */
export const id = z.string().min(1).max(100);

/** `{id}` in a path. */
export const byId = z.strictObject({ id });

/** How lists are asked for. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().min(1).max(500).optional(),
};

/** A list's query without further filters. */
export const pageQuery = z.strictObject(paging);

/** A page of a list; `next_cursor` is null on the last. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });

/** Text for people: never empty, no control characters. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be plain text on one line');

/** A search for a part of a name. */
export const search = z.string().min(1).max(200).optional();

/** What has no input. */
export const nothing = z.strictObject({});
