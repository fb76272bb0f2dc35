/** The rule for grants of CI clients (model#deploy-only): enough to deploy, and nothing that cannot be undone. */

import type { FieldProblem } from '../errors/error.ts';
import type { Effect } from './effect.ts';
import { parseSelector } from './selector.ts';

/** The effects that a CI client may have; `execute` only for named operations. */
const DEPLOY_EFFECTS: readonly Effect[] = ['read', 'write', 'execute'];

/** Returns the effect of an operation in the connection, before its arguments are looked at; undefined for an unknown operation. */
export type EffectOf = (operation: string) => Effect | undefined;

/**
 * Checks the operations of a CI client's grant, or of the details of its token: `read` and `write`, globs allowed, and `execute` only by
 * exact name; never `reveal`, `destroy` or `escalate`. Returns a problem for each selector that allows more, and none if all are
 * deploy-only. Call it when a grant is saved and again when a token is issued, since an owner may have raised an effect in between.
 */
export function checkDeployOnly(
  scope: { readonly operations: readonly string[] },
  catalog: { readonly effectOf: EffectOf; readonly field?: string },
): FieldProblem[] {
  const field = catalog.field ?? 'operations';
  return scope.operations.flatMap((operation, index) => {
    const problem = problemOf(operation, catalog.effectOf);
    return problem === undefined ? [] : [{ field: `${field}.${index}`, problem, found: operation }];
  });
}

function problemOf(text: string, effectOf: EffectOf): string | undefined {
  const selector = parseSelector(text);
  // Without an effect a glob allows only read and write; an exact name allows the effect in the catalog.
  const effect = selector.effect ?? (selector.exact ? effectOf(selector.pattern) : 'write');
  if (effect === undefined) return 'is not in the catalog, so what it would allow is not known';
  if (!DEPLOY_EFFECTS.includes(effect)) {
    return `has the effect ${effect}, which a ci client cannot hold: only read, write, and execute by exact name`;
  }
  if (effect === 'execute' && !selector.exact)
    return 'must name one operation: a ci client holds execute by exact name';
  return undefined;
}
