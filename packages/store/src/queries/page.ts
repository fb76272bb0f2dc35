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

/** A row that an insert or update must have returned. */
export function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new TypeError('the database returned no row');
  return row;
}
