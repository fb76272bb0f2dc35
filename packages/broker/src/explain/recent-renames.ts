import { inertLine, isJsonObject, type JsonValue } from '@writ/core';
import { renamingEvents } from '@writ/store';
import type { Ctx } from '../context.ts';

/** A new name that a client gave a thing of late. All texts are inert. */
export interface RecentRename {
  readonly kind: string;
  readonly id: string;
  /** The name before, as far as it was known. */
  readonly before?: string;
  readonly to: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What was renamed. */
export interface RecentRenames {
  /** Newest first. */
  readonly items: readonly RecentRename[];
  /** How many there are besides these; where not all were read, at least so many. */
  readonly more: number;
}

const MOST = 50;

/**
 * The new names that a client gave some things in the last 7 days, in calls that were sent (whether or not the provider then did it): what
 * is called `old-test` now may have been the database yesterday. `targets`: `kind:id`.
 */
export async function recentRenames(
  { store, organization_id }: Pick<Ctx, 'store' | 'organization_id'>,
  { client_id, targets }: { readonly client_id: string; readonly targets: readonly string[] },
): Promise<RecentRenames> {
  const asked = new Set(targets.map((target) => inertLine(target, 300)));
  const { events, more } = await renamingEvents(store.db, { organization_id, client_id, targets: [...asked] });
  const items = events.flatMap(renamesOf).filter(({ kind, id }) => asked.has(`${kind}:${id}`));
  const unlisted = Math.max(0, items.length - MOST);
  return { items: items.slice(0, MOST), more: more ? unlisted + 1 : unlisted };
}

function renamesOf(event: string): readonly RecentRename[] {
  const entry: JsonValue = JSON.parse(event);
  const data = isJsonObject(entry) ? entry['data'] : undefined;
  const renames = data !== undefined && isJsonObject(data) ? data['renames'] : undefined;
  if (!isJsonObject(entry) || !Array.isArray(renames)) return [];
  return renames.filter(isJsonObject).map(({ target, from, to }) => {
    const [kind = '', ...id] = String(target).split(':');
    const before = typeof from === 'string' ? { before: from } : {};
    return { kind, id: id.join(':'), ...before, to: String(to), at: String(entry['at']) };
  });
}
