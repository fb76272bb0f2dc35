import { defined, isJsonObject, type Operation, type Rename } from '@writ/core';
import { givenAt } from '../review/arguments.ts';
import { isReviewed } from '../review/note.ts';
import type { RenameRef } from '../review/review.ts';
import { idsInPatches } from './patches.ts';
import type { Placed } from './root.ts';

/** The new names that an operation gives, by its arguments and the patches in them; undefined where it gives none. */
export function renamesOf(operation: Operation, targets: Placed['targets']): readonly Rename[] | undefined {
  if (!isReviewed(operation) || operation.note.at !== 'root') return undefined;
  const { renames = [], patches = [] } = operation.note.review;
  const given = [
    ...renames.flatMap((ref) => renamed(operation, ref)),
    ...idsInPatches(operation, patches).flatMap(inPatch),
  ];
  if (given.length === 0) return undefined;
  const names = new Map(targets.map(({ kind, id, name }) => [`${kind}:${id}`, name]));
  const changed = given.filter(({ target, to }) => names.get(target) !== to);
  return changed.map(({ target, to }) => ({ target, to, ...defined({ from: names.get(target) }) }));
}

function renamed({ arguments: values }: Operation, { kind, path, to }: RenameRef): readonly Rename[] {
  const [name] = givenAt(values, to);
  return typeof name !== 'string' ? [] : givenAt(values, path).map((id) => ({ target: `${kind}:${id}`, to: name }));
}

function inPatch({ kind, id, member }: ReturnType<typeof idsInPatches>[number]): readonly Rename[] {
  const name = isJsonObject(member) ? member['name'] : undefined;
  return typeof name === 'string' ? [{ target: `${kind}:${id}`, to: name }] : [];
}
