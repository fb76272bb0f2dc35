import { type Problem, statusOf } from '@writ/core';
import type { Denial, Provider, RefusedRequest } from '../provider.ts';

/** The media type of GraphQL over HTTP: clients that ask for it read errors at any status. */
export const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/**
 * Makes the `deny` of a GraphQL provider: a refusal as a GraphQL server writes an error (GraphQL specification, 7.1.2), the problem
 * at `errors[0].extensions.writ`. Most clients hide the body of an answer that is not 2xx, so an agent is told of a refused
 * operation in a 200, as GraphQL servers do. CI jobs and scripts keep the status: a refused step must fail.
 */
export function makeGraphqlDeny({ paths }: { readonly paths: readonly string[] }): Provider['deny'] {
  return (problem, refused) => {
    const extensions = { code: problem.code.toUpperCase(), writ: problem };
    const body = JSON.stringify({ data: null, errors: [{ message: problem.detail, extensions }] });
    const denial: Denial = { content_type: 'application/json', body };
    if (!paths.includes(refused.path)) return denial;
    if (namesGraphqlResponse(refused.accept)) return { ...denial, content_type: GRAPHQL_RESPONSE };
    return isSaidInAnswer(problem, refused) ? { ...denial, status: 200 } : denial;
  };
}

function isSaidInAnswer({ code }: Problem, { client_kind, method, read }: RefusedRequest): boolean {
  if (client_kind !== 'agent' || (method !== 'POST' && method !== 'GET')) return false;
  const status = statusOf(code);
  return status === 403 || (status === 400 && read);
}

/** Tells whether an `Accept` header asks for GraphQL's own media type by name; `*` is no name, and `q=0` is a no (RFC 9110 12.4.2). */
export function namesGraphqlResponse(accept: string): boolean {
  return accept.split(',').some((range) => {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return name === GRAPHQL_RESPONSE && !parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter));
  });
}
