import { defined, ERROR_CODES, type ErrorCode, type FieldProblem, isJsonObject, linesOf } from '@writ/core';
import { readEvents } from './event-reader.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import type { PasskeyChange } from './schemas/passkeys.ts';
import type { Assertion } from './schemas/users.ts';
import type { OutputOf, RequestOf, RouteId } from './types.ts';

/** An error the API answered. `code` is stable; `message` is for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | 'unknown';
  readonly request_id: string | undefined;
  readonly fields: readonly FieldProblem[];
  /** Seconds to wait before the next attempt, where the API names them. */
  readonly retry_after: number | undefined;

  constructor(answer: {
    readonly status: number;
    readonly problem: Readonly<Record<string, unknown>>;
    readonly retry_after: number | undefined;
  }) {
    const { problem } = answer;
    super(String(problem['detail'] ?? problem['title'] ?? `The server answered ${answer.status}.`));
    this.name = 'ApiError';
    this.status = answer.status;
    this.code = ERROR_CODES.find((code) => code === problem['code']) ?? 'unknown';
    this.request_id = typeof problem['request_id'] === 'string' ? problem['request_id'] : undefined;
    this.fields = Array.isArray(problem['fields']) ? problem['fields'] : [];
    this.retry_after = answer.retry_after;
  }
}

/** Names the person that a page belongs to. A session of another's is refused as one that has ended: no page acts in another's name. */
export const PERSON_HEADER = 'writ-person';

/** The settings of a client. */
export interface ClientOptions {
  readonly baseUrl: string;
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  /** A stored session (`writ_ss_...`) or an access token. */
  readonly token?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The options of one call. */
export interface CallOptions {
  /** The proof that some changes need (model#assertion). As a function: it is asked for a proof of exactly what will be sent. */
  readonly assertion?: Assertion | ((change: PasskeyChange) => Promise<Assertion>);
  readonly signal?: AbortSignal;
}

type CallArguments<K extends RouteId> =
  Record<never, never> extends RequestOf<K>
    ? [input?: RequestOf<K>, options?: CallOptions]
    : [input: RequestOf<K>, options?: CallOptions];

/** The API as one function: `call('users.create', { email, name, role }, { assertion })`. Throws an `ApiError` for every answer that is not 2xx. */
export interface ApiClient {
  call<K extends RouteId>(id: K, ...rest: CallArguments<K>): Promise<OutputOf<K>>;
}

/** Makes a client of the API. */
export function createClient(options: ClientOptions): ApiClient {
  return {
    async call<K extends RouteId>(id: K, ...rest: CallArguments<K>) {
      const route: Route = ROUTES[id];
      const [input, call] = rest as [Readonly<Record<string, unknown>>?, CallOptions?];
      const response = await send(options, route, { input: input ?? {}, ...call });
      // The server parses what it answers against the same table.
      return (await answerOf(route, response)) as OutputOf<K>;
    },
  };
}

interface Call extends CallOptions {
  readonly input: Readonly<Record<string, unknown>>;
}

async function send(options: ClientOptions, route: Route, call: Call): Promise<Response> {
  const { path, query, members } = place(route, call.input);
  const url = new URL(`${options.baseUrl.replace(/\/$/, '')}${path}`);
  url.search = query.toString();
  const assertion = await assertionFor(call, { route, url, members });
  const hasBody = route.body !== undefined || assertion !== undefined;
  const body = hasBody ? JSON.stringify({ ...members, ...defined({ assertion }) }) : undefined;
  return await options.fetch(url, {
    method: route.method,
    redirect: 'error',
    headers: {
      accept: 'application/json, application/problem+json, text/event-stream',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...defined({ body, signal: call.signal }),
  });
}

interface Change {
  readonly route: Route;
  readonly url: URL;
  /** The members of the body, without `assertion`. */
  readonly members: Record<string, unknown>;
}

/** The proof for a change, of the path as it will be sent; none for a read. */
async function assertionFor(
  { assertion }: CallOptions,
  { route: { method }, url, members }: Change,
): Promise<Assertion | undefined> {
  if (typeof assertion !== 'function') return assertion;
  return method === 'GET'
    ? undefined
    : await assertion({ method, path: `${url.pathname}${url.search}`, body: members });
}

/** Puts each member of the input into path, query or body, as the table says. */
function place(
  route: Route,
  input: Call['input'],
): { path: string; query: URLSearchParams; members: Record<string, unknown> } {
  const inPath = new Set(Object.keys(route.params?.shape ?? {}));
  const inQuery = new Set(Object.keys(route.query?.shape ?? {}));
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const query = new URLSearchParams();
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || inPath.has(name)) continue;
    if (inQuery.has(name)) query.set(name, String(value));
    else members[name] = value;
  }
  return { path, query, members };
}

async function answerOf(route: Route, response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response);
  if (route.response === null) return undefined;
  if (route.response === 'events') return readEvents(response);
  if (route.response === 'ndjson') return linesOf(response.body ?? [], () => cutOff(response));
  return await response.json();
}

async function errorOf(response: Response): Promise<ApiError> {
  const problem: unknown = await response.json().catch(() => undefined);
  const wait = response.headers.get('retry-after');
  return new ApiError({
    status: response.status,
    problem: isJsonObject(problem) ? problem : {},
    retry_after: wait === null ? undefined : Number(wait),
  });
}

/** A stream that was cut off ends without its last line break. */
function cutOff({ status }: Response): ApiError {
  return new ApiError({ status, problem: { detail: 'The answer was cut off.' }, retry_after: undefined });
}
