import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import type { World } from '../support/railway-upstream/world.ts';

/** What came back from one GraphQL call. */
export interface Reply {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> | null;
  /** What a GraphQL client prints when it fails. */
  readonly message: string;
  /** Writ's code, where Writ answered. */
  readonly code: string;
  readonly milliseconds: number;
}

/** Sends a GraphQL document, as any of Railway's own clients would. */
export async function graphql(
  at: { readonly url: string; readonly token: string },
  query: string,
  variables: object = {},
): Promise<Reply> {
  const begun = performance.now();
  const response = await fetch(`${at.url}/graphql/v2`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${at.token}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data?: Reply['data']; errors?: { message: string }[] };
  return {
    status: response.status,
    data: answer.data ?? null,
    message: answer.errors?.[0]?.message ?? '',
    code: response.headers.get('writ-code') ?? '',
    milliseconds: Math.round(performance.now() - begun),
  };
}

/** What lies in an environment: what the demo shows of the world. */
export interface Place {
  readonly volumes: readonly string[];
  readonly backups: number;
  readonly domains: readonly string[];
}

/** Reads what lies in an environment from the stand-in's state, past everything that could refuse. */
export function placeOf(world: World, environmentId: string): Place {
  const instances = world.volumeInstances.filter((row) => row['environmentId'] === environmentId);
  const ids = instances.map((row) => row.id);
  const nameOf = (volumeId: unknown): string => String(world.volumes.find((row) => row.id === volumeId)?.['name']);
  return {
    volumes: instances.map((row) => nameOf(row['volumeId'])),
    backups: world.backups.filter((row) => ids.includes(String(row['volumeInstanceId']))).length,
    domains: world.customDomains
      .filter((row) => row['environmentId'] === environmentId)
      .map((row) => String(row['domain'])),
  };
}

/** The mutations that arrived at the stand-in, by the names of their fields. */
export async function mutationsSeen(upstream: RailwayUpstream): Promise<string[]> {
  const { requests } = await upstream.recorded();
  return requests.flatMap(({ body }) => {
    const query = queryOf(body);
    return /^\s*mutation\b/.test(query) ? [/\{\s*(?:\w+\s*:\s*)?(\w+)/.exec(query)?.[1] ?? 'unknown'] : [];
  });
}

function queryOf(body: string): string {
  try {
    return String((JSON.parse(body) as { query?: unknown }).query ?? '');
  } catch {
    return '';
  }
}
