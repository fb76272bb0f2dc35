import {
  isJsonObject,
  JsonError,
  type JsonFault,
  type JsonObject,
  type JsonValue,
  type ProviderRequest,
  parseJsonStrictly,
  readMediaType,
  WritError,
} from '@writ/core';
import { MAX_DOCUMENT_CHARACTERS } from '../limits.ts';
import { notSupported, notUnderstood, tooLarge } from '../refuse.ts';

/** A GraphQL request as it was sent, in any of its forms. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  /** As they were given: omitted and `null` are different. */
  readonly variables: JsonObject;
  /** The names of the members of `extensions`. Their values are never looked at, and never forwarded. */
  readonly extensions: readonly string[];
  readonly method: 'GET' | 'POST';
}

const MEMBERS = ['query', 'variables', 'operationName', 'extensions'];

/**
 * Reads the two forms of GraphQL over HTTP that are judged: a POST of one JSON object, and a GET with the same members as parameters.
 * What is forwarded is written anew in the first form, and what does not change the meaning is dropped. Batches, multipart, other media
 * types, and members by which some server would act, are refused by name.
 */
export function readRequest(request: ProviderRequest): GraphqlRequest {
  if (request.method === 'GET') return { ...readMembers(parametersOf(request.query)), method: 'GET' };
  if (request.method !== 'POST') throw notSupported('GraphQL goes by POST, or for a query by GET with ?query=.');
  return { ...readMembers(bodyOf(request)), method: 'POST' };
}

/** Members of `extensions` that say who asks, or trace the request: a mutation does the same without them. */
const INERT_EXTENSIONS: ReadonlySet<string> = new Set([
  'clientLibrary',
  'clientInfo',
  'clientName',
  'clientVersion',
  'tracing',
  'traceparent',
  'tracestate',
  'traceId',
  'requestId',
  'request_id',
  'correlationId',
]);

/** Throws `not_supported` for a mutation by GET, or with an extension that is not known to be without meaning. */
export function refuseAsMutation({ method, extensions }: GraphqlRequest): void {
  if (method === 'GET') throw notSupported('A mutation goes by POST: a GET carries queries alone.');
  const meant = extensions.find((name) => !INERT_EXTENSIONS.has(name));
  if (meant === undefined) return;
  throw notSupported(
    `Writ cannot tell what the extension "${meant}" does to a mutation: leave it out of "extensions".`,
  );
}

function bodyOf({ query, headers, body }: ProviderRequest): JsonObject {
  if (query !== '') {
    const [name = ''] = new URLSearchParams(query).keys();
    throw notSupported(`A GraphQL POST has all it says in its body: leave "${name}" out of the query string.`);
  }
  const type = headers['content-type'] ?? '';
  if (readMediaType(type)?.type !== 'application/json') {
    throw notSupported(`A GraphQL POST has the content type application/json${type === '' ? '' : `, not ${type}`}.`);
  }
  const value = parseJson('The body', body);
  if (Array.isArray(value)) throw notSupported('Batches of GraphQL requests are not supported: send them one by one.');
  if (!isJsonObject(value)) throw notUnderstood('The body of a GraphQL request is a JSON object.');
  return value;
}

/** The parameters of a GET as the members of a body; one that is empty counts as left out. The query is canonical: none comes twice. */
function parametersOf(query: string): JsonObject {
  const given = [...new URLSearchParams(query)].filter(([name, value]) => value !== '' || !MEMBERS.includes(name));
  return Object.fromEntries(
    given.map(([name, value]) => [
      name,
      name === 'variables' || name === 'extensions' ? parseJson(`The parameter "${name}"`, value) : value,
    ]),
  );
}

/** The code for each fault of the JSON. Where there is none for a fault, the JSON could be read in more than one way. */
const CODES: Partial<Record<JsonFault, 'request_too_large' | 'request_not_understood'>> = {
  too_large: 'request_too_large',
  too_deep: 'request_too_large',
  not_json: 'request_not_understood',
};

function parseJson(what: string, input: Uint8Array | string): JsonValue {
  try {
    return parseJsonStrictly(input);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new WritError(CODES[error.fault] ?? 'request_not_canonical', { detail: `${what} ${error.message}.` });
  }
}

function readMembers(members: JsonObject): Omit<GraphqlRequest, 'method'> {
  const unknown = Object.keys(members).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) {
    throw notSupported(`"${unknown}" is no part of a GraphQL request: leave it out, and send the document as "query".`);
  }
  const extensions = readExtensions(members['extensions']);
  return {
    query: readQuery(members['query'], extensions),
    operationName: readOperationName(members['operationName']),
    variables: readVariables(members['variables']),
    extensions,
  };
}

function readExtensions(extensions: JsonValue | undefined): readonly string[] {
  if (extensions === undefined || extensions === null) return [];
  if (!isJsonObject(extensions)) throw notUnderstood('The member "extensions" must be a JSON object.');
  return Object.keys(extensions);
}

function readQuery(query: JsonValue | undefined, extensions: readonly string[]): string {
  const isMissing = query === undefined || query === null || query === '';
  if (isMissing && extensions.includes('persistedQuery')) {
    throw notSupported('The extension "persistedQuery" came without its document: send the document as "query".');
  }
  if (typeof query !== 'string') throw notUnderstood('The member "query" must be a string: the GraphQL document.');
  if (query.length > MAX_DOCUMENT_CHARACTERS) {
    throw tooLarge(`The GraphQL document is longer than ${MAX_DOCUMENT_CHARACTERS} characters.`);
  }
  return query;
}

/** An empty operation name means the same as none (GraphQL over HTTP). */
function readOperationName(name: JsonValue | undefined): string | undefined {
  if (name === undefined || name === null || name === '') return undefined;
  if (typeof name !== 'string') throw notUnderstood('The member "operationName" must be a string.');
  return name;
}

function readVariables(variables: JsonValue | undefined): JsonObject {
  if (variables === undefined || variables === null) return {};
  if (!isJsonObject(variables)) throw notUnderstood('The member "variables" must be a JSON object.');
  return variables;
}
