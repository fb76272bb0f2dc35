import { countCharacters } from '@writ/core';
import { z } from 'zod';

/** The moments that can be stored and asked for, in milliseconds: from 1970 to the end of the year 9999. */
const MOMENTS = { first: 0, last: Date.UTC(10_000) - 1 };

/**
 * A moment as RFC 3339, `date-time`, in UTC or with an offset; lower-case letters mean the same. In a query a plus sign that was
 * not escaped arrives as a space. A moment holds no space, so a space is read as a plus sign.
 */
export const time = z
  .string()
  .overwrite((text) => text.toUpperCase().replace(/ (?=\d\d:\d\d$)/, '+'))
  .check(
    z.iso.datetime({
      offset: true,
      abort: true,
      error: 'must be a moment such as 2026-12-31T12:00:00Z or 2026-12-31T13:00:00+01:00',
    }),
  )
  .refine(
    (text) => Date.parse(text) >= MOMENTS.first && Date.parse(text) <= MOMENTS.last,
    'must lie between the years 1970 and 9999',
  )
  .describe('RFC 3339; in answers always UTC');

/** An id that Writ made. */
export const id = z.string().min(1).max(100);

/** `{id}` in a path. */
export const byId = z.strictObject({ id });

/** Which page of a list to answer. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().min(1).max(500).optional(),
};

/** A list's query without further filters. */
export const pageQuery = z.strictObject(paging);

/** A page of a list; `next_cursor` is null on the last. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });

/** Characters that are not allowed in a line of plain text: control characters and invisible ones. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Joiners that belong to the spelling: between two letters (Persian, Hindi; marks may follow a letter) or two emoji (a family). */
const JOINED =
  /(?<=[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f)[\u200c\u200d](?=[\p{L}\p{M}\p{Extended_Pictographic}])/gu;

/** Text for people: never empty, no control characters; at most `most` characters as people count them. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most * 16)
    .refine((text) => countCharacters(text) <= most, `must have at most ${most} characters`)
    .refine((text) => !UNSEEN.test(text.replace(JOINED, '')), 'must be plain text on one line')
    .meta({ maxLength: most });

/** A search for a part of a name. */
export const search = z.string().min(1).max(200).optional();
