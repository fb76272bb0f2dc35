import type { z } from 'zod';
import type { Question } from '../../provider.ts';

/** Where Railway serves GraphQL. */
export const GRAPHQL_PATH = '/graphql/v2';

/**
 * A document Writ itself asks, with the shape its `data` must have. Each is a query whose operations and fields the catalog holds to be
 * `read`: a test classifies every one that a file of this folder exports.
 */
export interface Document<T> {
  /** Stable name, for audit and tests. */
  readonly name: string;
  readonly text: string;
  readonly data: z.ZodType<T>;
}

/** Makes the question that asks a document with these variables. */
export function question(document: Document<unknown>, variables: Readonly<Record<string, unknown>>): Question {
  const body = JSON.stringify({ query: document.text, variables });
  return {
    name: document.name,
    request: {
      method: 'POST',
      path: GRAPHQL_PATH,
      query: '',
      headers: { 'content-type': 'application/json' },
      body: new TextEncoder().encode(body),
    },
  };
}
