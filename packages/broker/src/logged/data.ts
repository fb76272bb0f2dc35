import { isJsonObject, type JsonValue } from '@writ/core';
import { listAuditEvents } from '@writ/store';
import type { Ctx } from '../context.ts';

/** The members of an entry that are its own. */
export function dataOf(entry: string): { readonly [name: string]: JsonValue } {
  const event: JsonValue = JSON.parse(entry);
  return isJsonObject(event) && isJsonObject(event['data']) ? event['data'] : {};
}

/** How many entries of one request are looked at: it has few. */
const MOST_ENTRIES = 50;

/** What the log has of one request, as JSON, the newest first. */
export async function entriesOf({ organization_id, store }: Ctx, request_id: string): Promise<readonly string[]> {
  const { items } = await listAuditEvents(store.db, { organization_id, filter: { request_id }, limit: MOST_ENTRIES });
  return items.map(({ event }) => event);
}
