import type { OutputOf, RequestOf, RouteId } from '@writ/api';
import { nearest } from '@writ/core';

/** Calls a route of the broker. */
type Call = <K extends RouteId>(id: K, input: RequestOf<K>) => Promise<OutputOf<K>>;

/** The most names of one page of a list. */
const ALL = { limit: 1000 };

/** The name that may have been meant by one that the broker does not know: of a connection, of an environment in it, or of a client. */
export async function nearestName(call: Call, id: RouteId, input: unknown): Promise<string | undefined> {
  try {
    const named = new Map<string, unknown>(Object.entries(input ?? {}));
    const client = id.startsWith('clients.') ? named.get('id') : undefined;
    if (typeof client === 'string') {
      const { items } = await call('clients.list', ALL);
      return otherThan(
        client,
        items.map((item) => item.client_id),
      );
    }
    const [connection, environment] = [named.get('connection'), named.get('environment')];
    if (typeof connection !== 'string') return undefined;
    const slugs = (await call('connections.list', ALL)).items.map(({ slug }) => slug);
    if (!slugs.includes(connection)) return otherThan(connection, slugs);
    if (typeof environment !== 'string') return undefined;
    const { items } = await call('environments.list', { connection, ...ALL });
    return otherThan(
      environment,
      items.map(({ slug }) => slug),
    );
  } catch {
    // A suggestion is only a courtesy: where the list cannot be read there is none.
    return undefined;
  }
}

function otherThan(name: string, names: readonly string[]): string | undefined {
  return names.includes(name) ? undefined : nearest(name, names);
}
