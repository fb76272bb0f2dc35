import type { Problem } from '@writ/core';
import type { Denial } from '../provider.ts';

/** A refusal as a GraphQL server writes an error (GraphQL specification, 7.1.2), the problem at `errors[0].extensions.writ`. */
export function denyGraphql(problem: Problem): Denial {
  const extensions = { code: problem.code.toUpperCase(), writ: problem };
  return {
    content_type: 'application/json',
    body: JSON.stringify({ errors: [{ message: problem.detail, extensions }], data: null }),
  };
}
