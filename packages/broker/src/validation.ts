/** Wrong input, said so that it can be mended: the field, what is wrong, what was found, the nearest right name. */
import { type FieldProblem, inertLine, nearest, WritError } from '@writ/core';

/** Makes the error for wrong fields. */
export function wrong(...fields: readonly FieldProblem[]): WritError {
  return new WritError('validation_failed', { detail: sentenceOf(fields), fields });
}

/** Throws `validation_failed` when there are problems. */
export function throwIfAny(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw wrong(...problems);
}

/** The problem of a name that nothing has, with the nearest one that something has. */
export function unknownName(
  at: { readonly field: string; readonly found: string; readonly problem: string },
  names: Iterable<string>,
): FieldProblem {
  const candidate = nearest(at.found, names);
  return {
    field: at.field,
    problem: at.problem,
    found: inertLine(at.found, 200),
    ...(candidate === undefined ? {} : { nearest: candidate }),
  };
}

function sentenceOf(fields: readonly FieldProblem[]): string {
  const [first] = fields;
  if (first === undefined) return 'Some of what was sent is wrong.';
  const found = first.found === undefined ? '' : ` (found ${first.found})`;
  const meant = first.nearest === undefined ? '' : ` Did you mean ${first.nearest}?`;
  const more = fields.length > 1 ? ` And ${fields.length - 1} more.` : '';
  return `${first.field} ${first.problem}${found}.${meant}${more}`;
}
