import { type Guardrail, isSamePlace, parseSelector, restricts, selects } from '@writ/core';
import type { Shown } from '../../parts/gist.ts';

/** What was asked, as far as the rules look at it. */
type Judged = Pick<Shown['operations'][number], 'name' | 'effect' | 'base_effect' | 'environments'>;

/**
 * The rules in force that a rule for one operation in one environment overrules once it is set: whatever else restricts the operation there,
 * under whatever conditions, since a call that they would stop another day goes by this rule then. Rules that name the operation and the
 * environment themselves go on counting beside it, and what it takes the place of is told apart.
 */
export function overruled(rule: Guardrail, operations: readonly Judged[], inForce: readonly Guardrail[]): Guardrail[] {
  const slug = rule.environments;
  const asked = operations
    .filter((operation) => selects(parseSelector(rule.operations), operation))
    .flatMap((operation) =>
      operation.environments.flatMap((place) => (place.slug === slug ? [{ operation, kind: place.kind }] : [])),
    );
  return inForce.filter((other) => {
    const selector = parseSelector(other.operations);
    const isElsewhere =
      other.connection !== undefined && rule.connection !== undefined && other.connection !== rule.connection;
    if (other.outcome === 'allow' || isElsewhere || isSamePlace(other, rule)) return false;
    if (other.environments === slug && selector.exact) return false;
    return asked.some(
      ({ operation, kind }) => [slug, kind].includes(other.environments) && restricts(selector, operation),
    );
  });
}
