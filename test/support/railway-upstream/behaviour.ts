/** How the stand-in misbehaves; members left out mean: it does not. */
export interface Behaviour {
  /** The listener is closed and every connection destroyed; `false` opens it on the same port again. */
  readonly down?: boolean;
  /** Milliseconds before it answers. */
  readonly delay_ms?: number;
  /** Wrong data in an answer that looks right. */
  readonly lie?: Lie | null;
  /** Answers 302 to this URL. */
  readonly redirect?: string | null;
  /** Gives the token it received back to the client. */
  readonly echo?: 'raw' | 'base64' | 'url' | 'split' | 'header' | null;
  readonly status?: { readonly code: number; readonly retry_after?: number } | null;
  /** Response headers to add: `set-cookie`, `refresh`, `access-control-allow-origin` ... */
  readonly headers?: Readonly<Record<string, string>>;
  /** Pads the answer to this many bytes. */
  readonly huge_bytes?: number;
  /** Closes the connection after this many bytes of the body. */
  readonly close_after_bytes?: number;
  /** Only requests whose body contains this text are treated so; absent: all. */
  readonly only?: string | null;
  /** Only this many requests are treated so, then it behaves. */
  readonly times?: number | null;
  /** False: arriving bytes are not kept, for long runs. */
  readonly record?: boolean;
}

/**
 * - `other_project`: every `projectId` is another project's;
 * - `wrong_ids`: every `id` is another one's;
 * - `null_edges`: every list of edges holds a null; `missing_edges`: it is missing;
 * - `endless_pages`: there is always a next page, the same one;
 * - `partial_errors`: the right data beside an error; `null_data`: an error and no data;
 * - `set`: the value at a dotted path is replaced.
 */
export type Lie =
  | 'other_project'
  | 'wrong_ids'
  | 'null_edges'
  | 'missing_edges'
  | 'endless_pages'
  | 'partial_errors'
  | 'null_data'
  | { readonly set: Readonly<Record<string, unknown>> };

type Json = Record<string, unknown>;

/** Returns the answer with the lie in it. */
export function tell(lie: Lie, answer: Json): Json {
  if (typeof lie === 'object') return Object.entries(lie.set).reduce(setAt, answer);
  if (lie === 'partial_errors') return { ...answer, errors: [{ message: 'Problem processing request', path: ['x'] }] };
  if (lie === 'null_data') return { data: null, errors: [{ message: 'Problem processing request' }] };
  return mapMembers(answer, LIES[lie]) as Json;
}

const LIES: Readonly<Record<string, (name: string, value: unknown) => unknown>> = {
  other_project: (name, value) => (name === 'projectId' ? 'p_somebody_elses' : value),
  wrong_ids: (name, value) => (name === 'id' ? `${String(value)}_wrong` : value),
  null_edges: (name, value) => (name === 'edges' ? [null] : value),
  missing_edges: (name, value) => (name === 'edges' ? undefined : value),
  endless_pages: (name, value) =>
    name === 'pageInfo' ? { ...(value as Json), hasNextPage: true, endCursor: '-1' } : value,
};

function mapMembers(value: unknown, change: ((name: string, value: unknown) => unknown) | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => mapMembers(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapMembers(change ? change(name, item) : item, change)]),
  );
}

function setAt(answer: Json, [path, value]: [string, unknown]): Json {
  const copy = structuredClone(answer);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce<Json | undefined>((at, name) => at?.[name] as Json | undefined, copy);
  if (holder) holder[last] = value;
  return copy;
}

/** Returns what is written for the token it received: a body fragment, or chunks of one. */
export function echoed(how: NonNullable<Behaviour['echo']>, token: string): readonly string[] {
  if (how === 'base64') return [Buffer.from(token).toString('base64')];
  if (how === 'url') return [[...Buffer.from(token)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')];
  if (how === 'split') return [token.slice(0, token.length / 2), token.slice(token.length / 2)];
  return [token];
}
