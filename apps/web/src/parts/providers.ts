import type { OutputOf } from '@writ/api';
import { useApi } from '../api/queries.ts';

/** A kind of upstream, as the API tells of it. */
export type Provider = OutputOf<'providers.list'>['items'][number];

/** A connection, as the API tells of it. */
export type Connection = OutputOf<'connections.get'>;

/** The providers by id, as an answer that `Ready` or `Failed` shows. */
export function useProviders() {
  const { data, error, refetch } = useApi('providers.list', { limit: 1000 });
  return { data: data && new Map(data.items.map((provider) => [provider.id, provider])), error, refetch };
}

/** The versions of a connection's root credentials: what was found out of one is not said of another. */
export function versionsOf({ credentials }: Connection): string {
  return credentials.map(({ id, version }) => `${id} ${version}`).join();
}

/** The kinds of root credential of a provider, the narrowest first. */
export function narrowestFirst({ credential_kinds }: Provider): Provider['credential_kinds'] {
  return credential_kinds.toSorted((one, other) => one.narrowness - other.narrowness);
}
