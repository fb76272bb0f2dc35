import { type Column, ilike, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/** One page of a list. `next` is the `after` of the next page; undefined at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** What every list takes: the organization, the key after which it begins, and the most items (1000, by the routes). */
export interface Paging {
  readonly organization_id: string;
  /** The key of the last item of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Makes a page of `limit` rows from a query for one more than that. */
export function pageOf<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? keyOf(last) : undefined };
}

/** A text has this part, in any case: a wildcard is only a character. */
export const hasPart = (text: Column | SQL, part: string): SQL => ilike(text, `%${part.replace(/[\\%_]/g, '\\$&')}%`);

/** How many rows of a table there are, none of them counted beyond `most`: as a column. */
export const countedTo = (most: number, table: PgTable, where: SQL | undefined): SQL<number> =>
  sql<number>`(select count(*)::integer from (select from ${table} where ${where} limit ${most}::integer) as counted)`;

/** A row that an insert or update must have returned. */
export function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new TypeError('the database returned no row');
  return row;
}

/** The most that the requests shown on one page may take, in bytes of JSON: each may have a body of 1 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Makes a page of rows that may be large: it ends early where they are. `sizes`: of one row more than `limit`. `read`: gives the rows with
 * these ids in the same order.
 */
export async function pageOfLarge<T>(
  sizes: readonly RowSize[],
  limit: number,
  read: (ids: string[]) => Promise<readonly T[]>,
): Promise<Page<T>> {
  const ids = fitting(sizes.slice(0, limit));
  if (ids.length === 0) return { items: [], next: undefined };
  return { items: await read(ids), next: sizes.length > ids.length ? ids.at(-1) : undefined };
}

interface RowSize {
  readonly id: string;
  readonly bytes: number;
}

/** The first of them, one at least, that are no larger together than a page may be. */
function fitting(sizes: readonly RowSize[]): string[] {
  let sum = 0;
  const end = sizes.findIndex(({ bytes }, at) => {
    sum += Number(bytes);
    return at > 0 && sum > MOST_BYTES;
  });
  return sizes.slice(0, end < 0 ? sizes.length : end).map(({ id }) => id);
}

/** One parameter however many there are: a statement can have at most 65,535. */
export function listed(values: readonly string[]): SQL {
  return sql`(select json_array_elements_text(${JSON.stringify(values)}::text::json))`;
}
