import {
  isJsonObject,
  JsonError,
  type JsonFault,
  type JsonObject,
  type JsonValue,
  type ProviderRequest,
  parseJsonStrictly,
  WritError,
} from '@writ/core';
import { MAX_DOCUMENT_CHARACTERS } from './limits.ts';
import { notSupported, notUnderstood, tooLarge } from './refuse.ts';

/** A GraphQL request as its body says it. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  /** As given: omitted and `null` are different. */
  readonly variables: JsonObject;
}

const MEMBERS = new Set(['query', 'variables', 'operationName', 'extensions']);
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?$/i;

/**
 * Reads the one form of GraphQL over HTTP that is judged: a POST of one JSON object without a query string. Batches, persisted
 * queries, GET, multipart and `application/graphql` are refused: some servers take them, so they are never ignored.
 */
export function readBody(request: ProviderRequest): GraphqlRequest {
  if (request.method !== 'POST') throw notSupported('GraphQL goes by POST only.');
  if (request.query !== '') throw notSupported('A GraphQL request carries nothing in its query string.');
  const type = request.headers['content-type'] ?? '';
  if (type !== 'application/json' && !JSON_TYPE.test(type)) {
    throw notSupported('A GraphQL request has the content type application/json.');
  }
  const body = parseBody(request.body);
  if (Array.isArray(body)) throw notSupported('Batches of GraphQL requests are not supported: send them one by one.');
  if (!isJsonObject(body)) throw notUnderstood('The body of a GraphQL request is a JSON object.');
  return readMembers(body);
}

/** By what is wrong with the JSON; every other fault makes it one that could be read in more than one way. */
const CODES: Partial<Record<JsonFault, 'request_too_large' | 'request_not_understood'>> = {
  too_large: 'request_too_large',
  too_deep: 'request_too_large',
  not_json: 'request_not_understood',
};

function parseBody(bytes: Uint8Array): JsonValue {
  try {
    return parseJsonStrictly(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new WritError(CODES[error.fault] ?? 'request_not_canonical', { detail: `The body ${error.message}.` });
  }
}

function readMembers(body: JsonObject): GraphqlRequest {
  for (const name of Object.keys(body)) {
    if (!MEMBERS.has(name)) throw notSupported(`The body has the member "${name}", which is not supported.`);
  }
  refuseExtensions(body['extensions']);
  return {
    query: readQuery(body['query']),
    operationName: readOperationName(body['operationName']),
    variables: readVariables(body['variables']),
  };
}

/** Persisted queries live here: a server may run the document of the hash instead of the one that was judged. */
function refuseExtensions(extensions: JsonValue | undefined): void {
  if (extensions === undefined || extensions === null) return;
  if (isJsonObject(extensions) && Object.keys(extensions).length === 0) return;
  throw notSupported('GraphQL extensions (persisted queries and the like) are not supported.');
}

function readQuery(query: JsonValue | undefined): string {
  if (typeof query !== 'string') throw notUnderstood('The member "query" must be a string: the GraphQL document.');
  if (query.length > MAX_DOCUMENT_CHARACTERS) {
    throw tooLarge(`The GraphQL document is longer than ${MAX_DOCUMENT_CHARACTERS} characters.`);
  }
  return query;
}

function readOperationName(name: JsonValue | undefined): string | undefined {
  if (name === undefined || name === null) return undefined;
  if (typeof name !== 'string') throw notUnderstood('The member "operationName" must be a string.');
  return name;
}

function readVariables(variables: JsonValue | undefined): JsonObject {
  if (variables === undefined || variables === null) return {};
  if (!isJsonObject(variables)) throw notUnderstood('The member "variables" must be a JSON object.');
  return variables;
}
