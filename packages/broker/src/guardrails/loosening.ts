import {
  EFFECTS,
  type Effect,
  type GuardedPair,
  type Guardrail,
  guardPair,
  isWorse,
  matchesName,
  parseSelector,
  SHIPPED_GUARDRAILS,
} from '@writ/core';
import { type GuardedConnection, YET_TO_COME } from './facts.ts';

/** One thing that would be guarded less than now. */
export interface Loosened {
  readonly operation: string;
  readonly effect: Effect;
  readonly connection?: string;
  readonly environment: string;
}

/** What is replaced by what. */
export interface GuardrailChange {
  readonly before: readonly Guardrail[];
  readonly after: readonly Guardrail[];
  readonly connections: readonly GuardedConnection[];
}

/**
 * Finds what a change of the added guardrails would loosen, by asking the guardrails themselves about every operation, at every
 * effect it can have, in every environment. At most `most` are returned.
 */
export function findLoosened({ before, after, connections }: GuardrailChange, most = 20): Loosened[] {
  const changed = [...without(before, after), ...without(after, before)].map((rule) => parseSelector(rule.operations));
  const [now, then] = [
    [...SHIPPED_GUARDRAILS, ...before],
    [...SHIPPED_GUARDRAILS, ...after],
  ];
  const found: Loosened[] = [];
  for (const { slug, operations, environments } of connections) {
    for (const operation of operations.filter(({ name }) => changed.some((selector) => matchesName(selector, name)))) {
      for (const judged of variantsOf(operation)) {
        for (const environment of environments) {
          if (!isMilder(guardPair(then, slug, judged, environment), guardPair(now, slug, judged, environment)))
            continue;
          found.push({
            operation: judged.name,
            effect: judged.effect,
            environment: nameOf(environment),
            ...named(slug),
          });
          if (found.length === most) return found;
        }
      }
    }
  }
  return found;
}

/** The rules that are not among `others`. */
export function without(rules: readonly Guardrail[], others: readonly Guardrail[]): Guardrail[] {
  const known = new Set(others.map((rule) => JSON.stringify(rule)));
  return rules.filter((rule) => !known.has(JSON.stringify(rule)));
}

/** An operation at its catalogued effect and at every worse one: arguments, or an owner, may raise it. */
function variantsOf({ name, effect }: { readonly name: string; readonly effect: Effect }) {
  const effects = EFFECTS.filter((one) => one === effect || isWorse(one, effect));
  return effects.map((one) => ({ name, effect: one, base_effect: effect }));
}

/** A denial is the strictest; short of it, neither the approval nor a minute of the hold may go. */
function isMilder(then: GuardedPair, now: GuardedPair): boolean {
  if (then.outcome === 'deny') return false;
  if (now.outcome === 'deny') return true;
  return (now.approve && !then.approve) || then.hold_minutes < now.hold_minutes;
}

function nameOf({ slug, kind }: { readonly slug: string; readonly kind: string }): string {
  return slug === YET_TO_COME ? kind : slug;
}

function named(slug: string): { readonly connection?: string } {
  return slug === YET_TO_COME ? {} : { connection: slug };
}
