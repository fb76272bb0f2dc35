import { defined } from '@writ/core';
import type { Page } from '@writ/store';

/** Writes a page of rows as the API has it. */
export function pageOut<R, T>(page: Page<R>, item: (row: R) => T): { items: T[]; next_cursor: string | null } {
  return { items: page.items.map(item), next_cursor: page.next ?? null };
}

/** Reads `limit` and `cursor` as the store has them. */
export function pageIn(
  ctx: { readonly organization_id: string },
  input: { readonly limit: number; readonly cursor?: string | undefined },
): { organization_id: string; limit: number; after?: string } {
  const { organization_id } = ctx;
  return { organization_id, limit: input.limit, ...defined({ after: input.cursor }) };
}

/** A moment as the API writes it. */
export function timeOut(ms: number): string {
  return new Date(ms).toISOString();
}

/** The same for a moment that may be absent. */
export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeOut(ms);
}
