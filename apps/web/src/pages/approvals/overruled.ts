import { type Guardrail, isSamePlace, parseSelector, restrictsAt, selects } from '@writ/core';
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
      operation.environments
        .filter((environment) => environment.slug === slug)
        .map((environment) => ({ connection: rule.connection, operation, environment })),
    );
  return inForce.filter((other) => {
    const isBeside = other.environments === slug && parseSelector(other.operations).exact;
    return !isBeside && !isSamePlace(other, rule) && asked.some((place) => restrictsAt(other, place));
  });
}
