/** Problems of input: the field, what is wrong, what was found, and the nearest right name. */
import { defined, type FieldProblem, inertLine, nearest, WritError } from '@writ/core';

/**
 * A problem, and how to find the nearest right name. That is done only for problems that are told, since names are many and all are
 * compared.
 */
export interface Problem extends FieldProblem {
  readonly suggest?: () => string | undefined;
}

/** The most problems that are told, and the most for which the nearest right name is searched. The others are counted. */
const MOST_TOLD = 50;
const MOST_SUGGESTED = 5;

/** Makes the error for wrong fields. */
export function wrong(...problems: readonly Problem[]): WritError {
  const fields = problems
    .slice(0, MOST_TOLD)
    .map((problem, index) => (index < MOST_SUGGESTED ? told(problem) : without(problem)));
  return new WritError('validation_failed', { detail: sentenceOf(fields, problems.length), fields });
}

/** Throws `validation_failed` when there are problems. */
export function throwIfAny(problems: Iterable<Problem>): void {
  const all = [...problems];
  if (all.length > 0) throw wrong(...all);
}

/** The problem of a name that nothing has; the nearest existing one is searched when it is told. */
export function unknownName(
  at: { readonly field: string; readonly found: string; readonly problem: string },
  names: Iterable<string>,
): Problem {
  const { field, problem, found } = at;
  return { field, problem, found: inertLine(found, 200), suggest: () => nearest(found, names) };
}

/** A problem as it is told, with the nearest right name where there is one. */
export function told(problem: Problem): FieldProblem {
  const candidate = problem.suggest?.();
  return { ...without(problem), ...defined({ nearest: candidate }) };
}

function without({ suggest: _, ...problem }: Problem): FieldProblem {
  return problem;
}

function sentenceOf(fields: readonly FieldProblem[], all: number): string {
  const [first] = fields;
  if (first === undefined) return 'Some members of the request are wrong.';
  const found = first.found === undefined ? '' : ` (found ${first.found})`;
  const meant = first.nearest === undefined ? '' : ` Did you mean ${first.nearest}?`;
  const more = all > 1 ? ` And ${all - 1} more.` : '';
  return `${first.field || 'The body'} ${first.problem}${found}.${meant}${more}`;
}
