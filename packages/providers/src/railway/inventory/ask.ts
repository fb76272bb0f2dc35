import { isJsonObject, WritError } from '@writ/core';
import type { Ask } from '../../provider.ts';
import type { Connection } from '../questions/connection.ts';
import { type Document, question } from '../questions/question.ts';
import { isRejected, noAnswer } from './unresolved.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Asks a document and returns its data. Throws `environment_unresolved` for silence, errors beside data, or another shape. */
export async function askFor<T>(ask: Ask, document: Document<T>, variables: Variables): Promise<T> {
  const found = await findBy(ask, document, variables);
  if (found === undefined) throw noAnswer(document.name);
  return found;
}

/** As `askFor`; `undefined` where Railway says that there is no such thing for this token. */
export async function findBy<T>(ask: Ask, document: Document<T>, variables: Variables): Promise<T | undefined> {
  const body = await answer(ask, document, variables);
  if (!isJsonObject(body)) throw noAnswer(document.name);
  const errors = body['errors'];
  if (errors !== undefined) {
    if (saysNotFound(errors)) return undefined;
    throw noAnswer(document.name);
  }
  const read = document.data.safeParse(body['data']);
  if (!read.success) throw noAnswer(document.name);
  return read.data;
}

async function answer(ask: Ask, document: Document<unknown>, variables: Variables): Promise<unknown> {
  try {
    return await ask(question(document, variables));
  } catch (error) {
    // Faults of Writ's own, such as a missing root credential or a used-up budget, are no answer of Railway's.
    if (error instanceof WritError && !isRejected(error) && error.code !== 'upstream_unavailable') throw error;
    throw noAnswer(document.name, error);
  }
}

/** Railway's words for an id that does not exist, or not for this token: each error must be such a one. */
function saysNotFound(errors: unknown): boolean {
  return (
    Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every(
      (error) =>
        isJsonObject(error) &&
        /not found|not authorized|unauthorized|forbidden|does not exist/i.test(String(error['message'])),
    )
  );
}

const MAX_PAGES = 50;

/**
 * Reads every page of the connections of one document, keyed by the variable that holds the cursor. `see` is given each
 * answer and returns its connections. Throws when a page does not advance or there are more than 50: a truncated walk is no
 * answer.
 */
export async function readPages<T>(
  ask: Ask,
  document: Document<T>,
  options: {
    readonly variables: Variables;
    readonly see: (data: T) => Readonly<Record<string, Connection<unknown>>>;
    /** The first page, where it was asked for already. */
    readonly first?: T;
  },
): Promise<void> {
  const cursors: Record<string, string> = {};
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const known = page === 0 ? options.first : undefined;
    const answer = known ?? (await askFor(ask, document, { ...options.variables, ...cursors }));
    if (!advance(cursors, options.see(answer), document.name)) return;
  }
  throw noAnswer(document.name);
}

function advance(
  cursors: Record<string, string>,
  connections: Readonly<Record<string, Connection<unknown>>>,
  name: string,
): boolean {
  let more = false;
  for (const [variable, { pageInfo }] of Object.entries(connections)) {
    const { hasNextPage, endCursor } = pageInfo;
    if (hasNextPage && (!endCursor || endCursor === cursors[variable])) throw noAnswer(name);
    if (endCursor) cursors[variable] = endCursor;
    more ||= hasNextPage;
  }
  return more;
}
