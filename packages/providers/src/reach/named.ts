import type { Operation, Resource } from '@writ/core';
import { givenAt } from '../review/arguments.ts';
import { isReviewed } from '../review/note.ts';
import { idsInPatches } from './patches.ts';

/** The targets of an operation as its arguments name them. Nothing is looked up, and a value that is no id is left out. */
export function namesOf(operation: Operation): readonly Pick<Resource, 'kind' | 'id'>[] {
  if (!isReviewed(operation) || operation.note.at !== 'root') return [];
  const { targets = [], patches = [] } = operation.note.review;
  const named = targets.flatMap(({ kind, path }) =>
    givenAt(operation.arguments, path).flatMap((id) => (typeof id === 'string' ? [{ kind, id }] : [])),
  );
  return [...named, ...idsInPatches(operation, patches).map(({ kind, id }) => ({ kind, id }))];
}
