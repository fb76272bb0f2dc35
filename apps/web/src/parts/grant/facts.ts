import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { ApiError, type OutputOf } from '@writ/api';
import type { FieldProblem } from '@writ/core';
import { useEffect } from 'react';
import { apiQuery, useApi, useApiList } from '../../api/queries.ts';
import { problemsOf } from '../problems.ts';
import type { Known } from './conditions.ts';
import type { NewGrant } from './draft.ts';

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

/** Reads what is there to be granted of a connection, whole: the form says what selectors mean by it. */
export function useConnectionFacts(connection: string): ConnectionFacts {
  const enabled = connection !== '';
  const operations = useApiList('operations.list', { connection, limit: 1000 }, { enabled });
  const environments = useApi('environments.list', { connection, limit: 1000 }, { enabled });
  const presets = useApi('connections.presets', { connection }, { enabled });
  const { more, items } = operations;
  const isMore = (items?.length ?? 0) < MOST_OPERATIONS;
  useEffect(() => {
    if (isMore) more?.();
  }, [isMore, more]);
  return {
    operations: enabled ? items : undefined,
    environments: enabled ? environments.data?.items : undefined,
    presets: (enabled && presets.data?.items) || [],
    isRead:
      items !== undefined &&
      !(isMore && operations.hasMore) &&
      environments.data !== undefined &&
      presets.data !== undefined,
    error: operations.query.error ?? environments.error ?? presets.error,
    retry: () => {
      if (operations.query.isFetchNextPageError) void operations.query.fetchNextPage();
      else if (operations.query.isError) void operations.query.refetch();
      for (const query of [environments, presets]) if (query.isError) void query.refetch();
    },
  };
}

/** How many pairs of a preview are read at first. */
const PAIRS = 500;

/** What one grant of a draft would do, as far as it is known. */
export interface PartPreview {
  readonly grant: NewGrant;
  readonly preview: OutputOf<'grants.preview'> | undefined;
  readonly isFetching: boolean;
  /** What is wrong with it, by field; `undefined` where nothing was refused. */
  readonly problems: readonly FieldProblem[];
  /** An error that belongs to no field. */
  readonly error: unknown;
}

/** Asks what each grant would do. What is not complete is not asked for. */
export function usePreviews(grants: readonly NewGrant[], unfinished: boolean): PartPreview[] {
  const previews = useQueries({
    queries: grants.map((grant) => ({
      ...apiQuery('grants.preview', { ...grant, limit: PAIRS }),
      enabled: !unfinished && isComplete(grant) && ownProblems(grant).length === 0,
      placeholderData: keepPreviousData,
      retry: false,
    })),
  });
  return grants.map((grant, index) => {
    const query = previews[index];
    const refused = query?.error instanceof ApiError ? query.error.fields : [];
    const own = isComplete(grant) ? ownProblems(grant) : [];
    return {
      grant,
      preview: isComplete(grant) && own.length === 0 && refused.length === 0 ? query?.data : undefined,
      isFetching: query?.isFetching ?? false,
      problems: [...own, ...refused],
      error: refused.length > 0 ? null : query?.error,
    };
  });
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

/** The protected environments of a connection. */
export function protectedIn({ environments = [] }: ConnectionFacts): ReadonlySet<string> {
  return new Set(environments.filter(({ kind }) => kind === 'protected').map(({ slug }) => slug));
}
