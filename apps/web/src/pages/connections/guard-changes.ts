import { type EnvironmentKind, type Guardrail, parseSelector } from '@writ/core';

/** An environment as guardrails see it. */
export interface Place {
  readonly connection: string;
  readonly slug: string;
  readonly kind: EnvironmentKind;
}

const KINDS: readonly string[] = ['protected', 'ephemeral', 'other'] satisfies EnvironmentKind[];

/**
 * The rules that stop, or begin, to hold for an environment under another name or kind. Left out are rules of a kind for all operations of
 * an effect: those are seen in what becomes of each effect.
 */
export function ruleChanges(
  rules: readonly Guardrail[],
  from: Place,
  to: Place,
): { readonly stop: readonly Guardrail[]; readonly begin: readonly Guardrail[] } {
  const told = rules.filter(
    ({ environments, operations, when }) =>
      !KINDS.includes(environments) || when !== undefined || parseSelector(operations).pattern !== '*',
  );
  return {
    stop: told.filter((rule) => holdsAt(rule, from) && !holdsAt(rule, to)),
    begin: told.filter((rule) => holdsAt(rule, to) && !holdsAt(rule, from)),
  };
}

function holdsAt({ connection, environments }: Guardrail, place: Place): boolean {
  if (connection !== undefined && connection !== place.connection) return false;
  return environments === (KINDS.includes(environments) ? place.kind : place.slug);
}
