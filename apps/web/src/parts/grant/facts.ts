import { useQueries } from '@tanstack/react-query';
import { ApiError, type OutputOf } from '@writ/api';
import type { FieldProblem } from '@writ/core';
import { call } from '../../api/client.ts';
import { apiQuery } from '../../api/queries.ts';
import { problemsOf } from '../problems.ts';
import type { Known } from './conditions.ts';
import type { NewGrant } from './draft.ts';
import type { Operation } from './words.ts';

type Environment = OutputOf<'environments.list'>['items'][number];

/** What the form knows of a connection. */
export interface ConnectionFacts extends Known {
  readonly environments: readonly Environment[] | undefined;
  /** True as soon as all of it is there. */
  readonly isRead: boolean;
  readonly error: unknown;
  /** Reads again what could not be read. */
  readonly retry: () => void;
}

/** The most operations of a catalog that are read: those of the largest provider. */
const MOST_OPERATIONS = 10_000;

/** What is known of a connection, by its slug. */
export type FactsOf = (connection: string) => ConnectionFacts;

const UNKNOWN: ConnectionFacts = {
  operations: undefined,
  environments: undefined,
  presets: [],
  isRead: false,
  error: null,
  retry: () => undefined,
};

/** Reads what is there to be granted of a connection, whole: the form says what selectors mean by it. */
export function useConnectionFacts(connection: string): ConnectionFacts {
  return useFactsOf([connection])(connection);
}

/** The same of several connections: each grant is judged by what is known of its own. */
export function useFactsOf(connections: readonly string[]): FactsOf {
  const slugs = [...new Set(connections)].filter((slug) => slug !== '');
  const operations = useQueries({ queries: slugs.map(operationsQuery) });
  const environments = useQueries({
    queries: slugs.map((connection) => apiQuery('environments.list', { connection, limit: 1000 })),
  });
  const presets = useQueries({ queries: slugs.map((connection) => apiQuery('connections.presets', { connection })) });
  const facts = new Map(
    slugs.map((slug, at): [string, ConnectionFacts] => {
      const queries = [operations[at], environments[at], presets[at]].filter((query) => query !== undefined);
      return [
        slug,
        {
          operations: operations[at]?.data,
          environments: environments[at]?.data?.items,
          presets: presets[at]?.data?.items ?? [],
          isRead: queries.every(({ data }) => data !== undefined),
          error: queries.find(({ error }) => error !== null)?.error ?? null,
          retry: () => {
            for (const query of queries) if (query.isError) void query.refetch();
          },
        },
      ];
    }),
  );
  return (connection) => facts.get(connection) ?? UNKNOWN;
}

function operationsQuery(connection: string) {
  return {
    queryKey: ['operations.list', { connection }, 'all'],
    queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<readonly Operation[]> => {
      const items: Operation[] = [];
      let cursor: string | null = null;
      do {
        const input = { connection, limit: 1000, ...(cursor !== null && { cursor }) };
        const page: OutputOf<'operations.list'> = await call('operations.list', input, { signal });
        items.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null && items.length < MOST_OPERATIONS);
      return items;
    },
  };
}

/** How many pairs of a preview are read at first. */
const PAIRS = 500;

type Preview = OutputOf<'grants.preview'>;

/** What one grant of a draft would do, as far as it is known. */
export interface PartPreview {
  readonly grant: NewGrant;
  readonly preview: Preview | undefined;
  readonly isFetching: boolean;
  /** What is wrong with it, by field; `undefined` where nothing was refused. */
  readonly problems: readonly FieldProblem[];
  /** An error that belongs to no field. */
  readonly error: unknown;
}

/** Asks what each grant would do. What is not complete is not asked for. */
export function usePreviews(grants: readonly NewGrant[], unfinished: boolean): PartPreview[] {
  const drafts = grants.map((grant) => {
    const own = isComplete(grant) ? ownProblems(grant) : [];
    return { grant, own, isAskable: isComplete(grant) && own.length === 0 };
  });
  const previews = useQueries({
    queries: drafts.map(({ grant, isAskable }) => ({
      ...apiQuery('grants.preview', { ...grant, limit: PAIRS }),
      enabled: !unfinished && isAskable,
      // What stood there of another connection, or for another client, tells nothing of this one.
      placeholderData: (last: Preview | undefined, query?: { readonly queryKey: readonly unknown[] }) =>
        isAbout(query?.queryKey[1], grant) ? last : undefined,
      retry: false,
    })),
  });
  return drafts.map(({ grant, own, isAskable }, index) => {
    const query = previews[index];
    const refused = query?.error instanceof ApiError ? query.error.fields : [];
    return {
      grant,
      preview: isAskable && refused.length === 0 ? query?.data : undefined,
      isFetching: query?.isFetching ?? false,
      problems: [...own, ...refused],
      error: refused.length > 0 ? null : query?.error,
    };
  });
}

function isAbout(asked: unknown, { client_id, connection }: NewGrant): boolean {
  const { client_id: client, connection: slug } = (asked ?? {}) as Partial<NewGrant>;
  return client === client_id && slug === connection;
}

/** True where everything was chosen that a grant must have. */
export function isComplete({ client_id, connection, environments, operations }: NewGrant): boolean {
  return client_id !== '' && connection !== '' && environments.length > 0 && operations.length > 0;
}

/** What the API's own schema says of it, before it is asked. */
function ownProblems(grant: NewGrant): FieldProblem[] {
  return Object.entries(problemsOf('grants.create', grant)).map(([field, problem]) => ({ field, problem }));
}

/** The sentence of the problems at a field, or at what lies below it. */
export function problemAt(problems: readonly FieldProblem[], field: string): string | undefined {
  const found = problems.filter((one) => one.field === field || one.field.startsWith(`${field}.`));
  const said = found.map((one) => {
    const what = one.found === undefined ? '' : `${one.found}: `;
    const near = one.nearest === undefined ? '' : ` Did you mean ${one.nearest}?`;
    return `${what}${one.problem.replace(/[.]?$/, '.')}${near}`;
  });
  return said.length === 0 ? undefined : said.join(' ');
}
