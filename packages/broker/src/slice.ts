import { WritError } from '@writ/core';

/**
 * One page of a list that is in memory, or that is computed as it is read; then nothing beyond the page is computed. The cursor is where
 * the next page begins. Throws `invalid_request` for another cursor.
 */
export function sliceOut<T>(
  all: Iterable<T>,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): { items: T[]; next_cursor: string | null } {
  const cursor = page.cursor ?? '0';
  if (!/^\d{1,9}$/.test(cursor))
    throw new WritError('invalid_request', { detail: 'The cursor is not one this list gave.' });
  const from = Number(cursor);
  const end = from + page.limit;
  const items: T[] = [];
  let at = 0;
  for (const item of all) {
    if (at === end) return { items, next_cursor: String(end) };
    if (at >= from) items.push(item);
    at += 1;
  }
  return { items, next_cursor: null };
}
