import { canonicalJson, type JsonObject, type ProviderRequest } from '@writ/core';
import { MAX_VARIABLES_CHARACTERS } from '../limits.ts';
import { tooLarge } from '../refuse.ts';
import type { ChosenDocument } from './document.ts';
import { writeDocument } from './write-document.ts';

/** The document that will be sent: the chosen operation and the fragments it uses, nothing else of what the client wrote. */
export function writeChosen({ operation, fragments }: ChosenDocument, used: ReadonlySet<string>): string {
  return writeDocument(
    operation,
    [...used].flatMap((name) => fragments.get(name) ?? []),
  );
}

/** The start of the body that will be sent, up to the variables. */
export function bodyPrefix(query: string, operationName: string | undefined): string {
  const name = operationName === undefined ? '' : `"operationName":${canonicalJson(operationName)},`;
  return `{${name}"query":${canonicalJson(query)},"variables":`;
}

/** The request that will be sent: what was judged, in one spelling (invariant 3), with the variables as they were given. */
export function forwardRequest(
  request: ProviderRequest,
  { prefix, variables }: { readonly prefix: string; readonly variables: JsonObject },
): ProviderRequest {
  const json = canonicalJson(variables);
  if (json.length > MAX_VARIABLES_CHARACTERS) {
    throw tooLarge(`The variables are longer than ${MAX_VARIABLES_CHARACTERS} characters.`);
  }
  const headers = { ...request.headers, 'content-type': 'application/json' };
  return { method: 'POST', path: request.path, query: '', headers, body: Buffer.from(`${prefix}${json}}`, 'utf8') };
}
