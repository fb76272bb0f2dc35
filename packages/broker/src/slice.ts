import { WritError } from '@writ/core';

/** One page of a list that is in memory: the cursor is where the next one begins. Throws `invalid_request` for another cursor. */
export function sliceOut<T>(
  all: readonly T[],
  page: { readonly limit: number; readonly cursor?: string | undefined },
): { items: T[]; next_cursor: string | null } {
  const cursor = page.cursor ?? '0';
  if (!/^\d{1,9}$/.test(cursor))
    throw new WritError('invalid_request', { detail: 'The cursor is not one this list gave.' });
  const from = Number(cursor);
  const end = from + page.limit;
  return { items: all.slice(from, end), next_cursor: end < all.length ? String(end) : null };
}
