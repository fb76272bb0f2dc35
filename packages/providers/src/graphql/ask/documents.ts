/**
 * Documents of Writ's own, by which a GraphQL API is asked. An answer is its `data`, in the shape that was asked for; an answer with
 * `errors` does not count, even with data beside them.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@writ/core';
import type { z } from 'zod';
import { isRefusal, notAccepted, readJson, unusable } from '../../ask/answer.ts';
import { isSilence, noAnswerFrom } from '../../ask/no-answer.ts';
import type { Answer, Ask, Question } from '../../provider.ts';
import type { Connection } from './relay.ts';

/** The API that is asked. */
export interface GraphqlApi {
  /** The provider's name, for sentences. */
  readonly title: string;
  readonly path: string;
  /** Tells whether the message of an error says that an id does not exist, or not for this root credential. */
  saysNotFound(message: string): boolean;
}

/** A document, with the shape that its `data` must have. */
export interface Document<T> {
  /** Stable name, for audit and tests. */
  readonly name: string;
  readonly text: string;
  readonly data: z.ZodType<T>;
}

type Variables = Readonly<Record<string, unknown>>;

/** What reading page by page is told. */
export interface Pages<T> {
  readonly variables: Variables;
  /** Is given each answer and returns its connections, by the variable that holds the cursor of each. */
  readonly see: (data: T) => Readonly<Record<string, Connection<unknown>>>;
  /** The first page, where it was asked for already. */
  readonly first?: T;
}

/** How documents are asked of one API. */
export interface DocumentAsker {
  /** Asks a document and returns its data. Throws `environment_unresolved` for silence, for errors beside data, and for another shape. */
  askFor<T>(ask: Ask, document: Document<T>, variables: Variables): Promise<T>;
  /** Like `askFor`; `undefined` where the API says that there is no such thing for this root credential. */
  findBy<T>(ask: Ask, document: Document<T>, variables: Variables): Promise<T | undefined>;
  /** Reads every page. Throws where a page does not go further or there are more than 50: a walk that was cut short is no answer. */
  readPages<T>(ask: Ask, document: Document<T>, pages: Pages<T>): Promise<void>;
}

const MAX_PAGES = 50;

/** Makes what asks documents of an API. */
export function documentsOf(api: GraphqlApi): DocumentAsker {
  const noAnswer = (what: string, cause?: unknown) => noAnswerFrom(api.title, what, cause);
  const findBy: DocumentAsker['findBy'] = async (ask, document, variables) => {
    const body = await bodyOf(api, ask, questionOf(api, document, variables));
    const errors = body?.['errors'];
    if (body === undefined || (errors !== undefined && !isNotFound(api, errors))) throw noAnswer(document.name);
    if (errors !== undefined) return undefined;
    const read = document.data.safeParse(body['data']);
    if (!read.success) throw noAnswer(document.name);
    return read.data;
  };
  const askFor: DocumentAsker['askFor'] = async (ask, document, variables) => {
    const found = await findBy(ask, document, variables);
    if (found === undefined) throw noAnswer(document.name);
    return found;
  };
  const readPages: DocumentAsker['readPages'] = async (ask, document, { variables, see, first }) => {
    const cursors: Record<string, string> = {};
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const known = page === 0 ? first : undefined;
      const data = known ?? (await askFor(ask, document, { ...variables, ...cursors }));
      const next = advance(cursors, see(data));
      if (next === 'end') return;
      if (next === 'stuck') break;
    }
    throw noAnswer(document.name);
  };
  return { askFor, findBy, readPages };
}

/** Makes the question that asks a document with these variables. */
function questionOf(api: GraphqlApi, document: Document<unknown>, variables: Variables): Question {
  const body = new TextEncoder().encode(JSON.stringify({ query: document.text, variables }));
  const headers = { 'content-type': 'application/json' };
  return { name: document.name, request: { method: 'POST', path: api.path, query: '', headers, body } };
}

/** Asks, and returns the object that was answered; `undefined` for any other JSON. */
async function bodyOf(api: GraphqlApi, ask: Ask, question: Question): Promise<JsonObject | undefined> {
  try {
    const body = judged(api, question, await ask(question));
    return isJsonObject(body) ? body : undefined;
  } catch (error) {
    // Faults of Writ's own, such as a missing root credential or a used-up budget, are no answer of the provider's.
    throw isSilence(error) ? noAnswerFrom(api.title, question.name, error) : error;
  }
}

function judged(api: GraphqlApi, question: Question, answer: Answer): JsonValue {
  if (isRefusal(answer)) throw notAccepted(api.title, answer);
  if (answer.status !== 200) throw unusable(question, answer);
  return readJson(question, answer);
}

/** True where every error is of that kind. */
function isNotFound(api: GraphqlApi, errors: JsonValue): boolean {
  return (
    Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every((error) => isJsonObject(error) && api.saysNotFound(String(error['message'])))
  );
}

/** Moves the cursors to the next page. A page that does not go further would be read for ever. */
function advance(
  cursors: Record<string, string>,
  connections: Readonly<Record<string, Connection<unknown>>>,
): 'next' | 'end' | 'stuck' {
  let more = false;
  for (const [variable, { pageInfo }] of Object.entries(connections)) {
    const { hasNextPage, endCursor } = pageInfo;
    if (hasNextPage && (!endCursor || endCursor === cursors[variable])) return 'stuck';
    if (endCursor) cursors[variable] = endCursor;
    more ||= hasNextPage;
  }
  return more ? 'next' : 'end';
}
