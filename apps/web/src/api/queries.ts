import {
  keepPreviousData,
  QueryClient,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { ApiError, type OutputOf, type RequestOf, ROUTES, type Route, type RouteId } from '@writ/api';
import { useCallback, useMemo } from 'react';
import { call, Unreachable } from './client.ts';
import { type ChangeWords, useProof } from './proof.ts';

/** What the page remembers of the broker's answers. Events make it fresh; so does coming back to the window. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The browser's word for "offline" says nothing of a broker on this machine or network: only its own answer counts.
      networkMode: 'always',
      staleTime: 10_000,
      // What the broker refuses, it refuses again, unless it says when; one that does not answer is asked again by whoever watches the outage.
      retry: (failures, error) =>
        failures < 2 && (isBusy(error) || !(error instanceof ApiError || error instanceof Unreachable)),
      retryDelay: (failures, error) => (isBusy(error) ? error.retry_after : 2 ** failures) * 1_000,
    },
    mutations: { networkMode: 'always' },
  },
});

/** Tells whether the broker has refused a read only for now: this person has read much, and it is soon answered. */
const isBusy = (error: unknown): error is ApiError & { readonly retry_after: number } =>
  error instanceof ApiError && error.code === 'rate_limited' && (error.retry_after ?? Number.POSITIVE_INFINITY) <= 10;

/** One answer of the API, kept under the route's id and the input. */
export function apiQuery<K extends RouteId>(id: K, input: RequestOf<K>) {
  return {
    queryKey: [id, input],
    queryFn: ({ signal }: { readonly signal: AbortSignal }): Promise<OutputOf<K>> => call(id, input, { signal }),
  };
}

/** Reads one answer. `enabled: false` asks nothing yet. */
export function useApi<K extends RouteId>(
  id: K,
  input: RequestOf<K>,
  options: { readonly enabled?: boolean; readonly keepOld?: boolean } = {},
): UseQueryResult<OutputOf<K>> {
  const { enabled = true, keepOld = false } = options;
  return useQuery<OutputOf<K>>({
    ...apiQuery(id, input),
    enabled,
    ...(keepOld && { placeholderData: keepPreviousData }),
  }) as UseQueryResult<OutputOf<K>>;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

type ItemOf<K extends RouteId> = OutputOf<K> extends Page<infer T> ? T : never;

/**
 * Reads a list page by page: `items` are all that were read so far, `more` reads the next page where there is one. After a further page
 * has failed there is no `more`, so that nothing asks again by itself; `query.fetchNextPage` does, once a person wants it.
 */
export function useApiList<K extends RouteId>(
  id: K,
  input: RequestOf<K>,
  options: { readonly enabled?: boolean } = {},
) {
  const query = useInfiniteQuery({
    queryKey: [id, input, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      call(id, { limit: 100, ...(input as object), ...(pageParam !== null && { cursor: pageParam }) } as RequestOf<K>, {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last as Page<unknown>).next_cursor,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  });
  const { data } = query;
  // A list that scrolls is made again with every step: its rows are joined once for each page that was read.
  const items = useMemo(() => data?.pages.flatMap((page) => (page as Page<ItemOf<K>>).items), [data]);
  const canRead = query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError;
  const more = canRead ? () => void query.fetchNextPage() : undefined;
  return { items, more, hasMore: query.hasNextPage, query };
}

/**
 * Sends a change, as `mutate(input)`. Where the API wants a proof of the person, it is asked for, bound to this very change. What the page
 * shows is read again afterwards. Words that depend on what is sent are made from the input, never from what the page shows by then.
 * What was sent, which may be a secret, is not remembered; what was answered is, as long as the form is there.
 */
export function useChange<K extends RouteId>(id: K, words: ChangeWords | ((input: RequestOf<K>) => ChangeWords)) {
  const client = useQueryClient();
  const prove = useProof();
  const { mutate, mutateAsync, data, error, isPending, reset } = useMutation({
    mutationFn: async ({ take }: Sent<RequestOf<K>>): Promise<OutputOf<K>> => {
      const input = take();
      const { guard }: Route = ROUTES[id];
      const proof = guard.kind === 'user' ? guard.proof : 'none';
      const ask = (): Promise<OutputOf<K>> =>
        prove({ ...(typeof words === 'function' ? words(input) : words), id, input });
      if (proof === 'assertion') return ask();
      return call(id, input).catch((error: unknown) => {
        if (proof === 'recent' && error instanceof ApiError && error.code === 'recent_sign_in_required') return ask();
        throw error;
      });
    },
    gcTime: 0,
    // The change is done: whoever made it does not wait until everything is read again.
    onSuccess: () => void client.invalidateQueries(),
  });
  const change = useCallback(
    (input: RequestOf<K>, options?: Parameters<typeof mutate>[1]): void => mutate(sent(input), options),
    [mutate],
  );
  return {
    mutate: change,
    mutateAsync: (input: RequestOf<K>) => mutateAsync(sent(input)),
    ...{ data, error, isPending, reset },
  };
}

/** What is sent, once: the library keeps what it is given for as long as the form is there. */
interface Sent<T> {
  readonly take: () => T;
}

function sent<T>(input: T): Sent<T> {
  let left: { readonly input: T } | undefined = { input };
  return {
    take: () => {
      if (left === undefined) throw new Error('sent already');
      const taken = left.input;
      left = undefined;
      return taken;
    },
  };
}
