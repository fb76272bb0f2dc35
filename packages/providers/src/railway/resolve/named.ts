import type { Operation, Resource } from '@writ/core';
import { isGraphqlOperation } from '../../graphql/operation.ts';
import { valuesAt } from './arguments.ts';
import { idsInPatches } from './patches.ts';

/** The targets of an operation as its arguments name them: nothing is looked up, and what is no id is left out. */
export function namesOf(operation: Operation): readonly Pick<Resource, 'kind' | 'id'>[] {
  if (!isGraphqlOperation(operation) || operation.graphql.at !== 'root') return [];
  const { targets = [], patches = [] } = operation.graphql.review;
  const named = targets.flatMap(({ kind, path }) =>
    valuesAt(operation.arguments, path).flatMap((id) => (typeof id === 'string' ? [{ kind, id }] : [])),
  );
  return [...named, ...idsInPatches(operation, patches).map(({ kind, id }) => ({ kind, id }))];
}
