import {
  canonicalJson,
  EFFECTS,
  type Effect,
  type EnvironmentKind,
  type GuardedPair,
  type Guardrail,
  guardPair,
  isWorse,
  matchesName,
  parseSelector,
  SHIPPED_GUARDRAILS,
  worstEffect,
} from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import { type GuardedConnection, YET_TO_COME } from './facts.ts';
import { refuseTooMany, type Way, waysFor } from './ways.ts';

/** One thing that would be guarded less than now. */
export interface Loosened {
  readonly operation: string;
  readonly effect: Effect;
  readonly connection?: string;
  readonly environment: string;
}

/** The rules that are replaced, and those that replace them. */
export interface GuardrailChange {
  readonly before: readonly Guardrail[];
  readonly after: readonly Guardrail[];
  readonly connections: readonly Omit<GuardedConnection, 'hasArgument'>[];
}

/**
 * Finds what a change of the added guardrails would loosen, by asking the guardrails themselves about every operation, at every
 * effect it can have, in every environment, in every way in which conditions can be met. At most `most` are returned. Throws
 * `validation_failed` where too many rules with conditions speak of one operation.
 */
export function findLoosened({ before, after, connections }: GuardrailChange, most = 20): Loosened[] {
  const changed = [...without(before, after), ...without(after, before)].map((rule) => parseSelector(rule.operations));
  const [now, then] = [
    [...SHIPPED_GUARDRAILS, ...before],
    [...SHIPPED_GUARDRAILS, ...after],
  ];
  const ways = waysFor([...before, ...after]);
  const found: Loosened[] = [];
  for (const { slug, operations, environments } of connections) {
    const differing = differingIn(environments, [...before, ...after]);
    for (const operation of operations.filter(({ name }) => changed.some((selector) => matchesName(selector, name)))) {
      for (const environment of differing) {
        const place = { connection: slug, ...environment };
        const speaks = (rule: Guardrail): boolean => speaksOf(rule, place) && matches(rule, operation.name);
        refuseTooMany(after, speaks);
        const tried = ways(speaks);
        for (const judged of variantsOf(operation)) {
          const isLoosened = tried.some((way) =>
            isMilder(guardPair(then, slug, judged, environment, way), guardPair(now, slug, judged, environment, way)),
          );
          if (!isLoosened) continue;
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

/** One environment for each way in which rules can tell environments apart: by a slug that they name, else by kind alone. */
function differingIn(
  environments: GuardedConnection['environments'],
  rules: readonly Guardrail[],
): GuardedConnection['environments'] {
  const named = new Set(rules.map((rule) => rule.environments));
  const byTrait = new Map<string, GuardedConnection['environments'][number]>();
  for (const environment of environments) {
    const trait = `${environment.kind} ${named.has(environment.slug) ? environment.slug : ''}`;
    if (!byTrait.has(trait)) byTrait.set(trait, environment);
  }
  return [...byTrait.values()];
}

/** The rules that are not among `others`. */
export function without(rules: readonly Guardrail[], others: readonly Guardrail[]): Guardrail[] {
  // Compared as canonical JSON, since the database keeps the members of a rule in an order of its own.
  const known = new Set(others.map((rule) => canonicalJson(rule)));
  return rules.filter((rule) => !known.has(canonicalJson(rule)));
}

/** An operation at the effect of the catalog and at every worse one: arguments, or an owner, may raise it. */
function variantsOf({ name, effect }: { readonly name: string; readonly effect: Effect }) {
  return atLeast(effect).map((one) => ({ name, effect: one, base_effect: effect }));
}

/** A provider environment with its names: all that guardrails look at. */
export interface Place {
  readonly connection: string;
  readonly slug: string;
  readonly kind: EnvironmentKind;
  /** Effects an owner gave in that connection. */
  readonly overrides: ReadonlyMap<string, Effect>;
}

/** The same provider environment under other names. */
export interface Move {
  /** Every rule, the shipped ones too. */
  readonly guardrails: readonly Guardrail[];
  readonly operations: readonly Pick<CatalogOperation, 'name' | 'effect'>[];
  readonly from: Place;
  readonly to: Place;
}

/** An operation that would be guarded less: what guards it now, and what would. */
export interface Milder {
  readonly operation: string;
  readonly effect: Effect;
  readonly now: GuardedPair;
  readonly then: GuardedPair;
}

/**
 * Finds an operation that is guarded less in a provider environment under its new names than under its old ones, at any effect it can
 * have; undefined where there is none. Each rule is also tried with an operation that does not exist yet.
 */
export function findMilder({ guardrails, operations, from, to }: Move): Milder | undefined {
  const differing = [...only(guardrails, from, to), ...only(guardrails, to, from)];
  const selectors = differing.map((rule) => parseSelector(rule.operations));
  const ways = waysFor(guardrails);
  for (const { name, base, places } of judgedOperations({ operations, to, differing })) {
    const isSame = from.overrides.get(name) === to.overrides.get(name);
    // Where no rule differs between the places, nothing can be looser.
    if (isSame && !selectors.some((selector) => matchesName(selector, name))) continue;
    const isRefused = places === 'reviewed' && !from.overrides.has(name);
    const tried = ways((rule) => (speaksOf(rule, from) || speaksOf(rule, to)) && matches(rule, name));
    for (const effect of atLeast(base)) {
      for (const way of tried) {
        const now = isRefused ? DENIED : guardedAt({ guardrails, way }, from, { name, base, effect });
        const then = guardedAt({ guardrails, way }, to, { name, base, effect });
        if (isMilder(then, now)) return { operation: name.replaceAll(ANY, '*'), effect, now, then };
      }
    }
  }
  return undefined;
}

/** An operation to be tried. `places`: known everywhere, or only where an owner reviewed it. */
interface Trial {
  readonly name: string;
  readonly base: Effect;
  readonly places: 'all' | 'reviewed';
}

/** A character to put in place of a `*`: no operation's name contains it. */
const ANY = '\0';

/**
 * The operations to try: those of the catalog, those that an owner reviewed, and for each rule one that a later catalog may bring and
 * that it matches.
 */
function judgedOperations({
  operations,
  to,
  differing,
}: Pick<Move, 'operations' | 'to'> & { readonly differing: readonly Guardrail[] }): Trial[] {
  const known = new Set(operations.map(({ name }) => name));
  const reviewed = [...to.overrides.keys()].filter((name) => !known.has(name));
  const patterns = new Set(differing.map((rule) => parseSelector(rule.operations).pattern));
  const later = [...patterns].filter((pattern) => !known.has(pattern)).map((pattern) => pattern.replaceAll('*', ANY));
  return [
    ...operations.map(({ name, effect }): Trial => ({ name, base: effect, places: 'all' })),
    // Each place raises it, from no effect at all, to the one that was reviewed there.
    ...reviewed.map((name): Trial => ({ name, base: 'read', places: 'reviewed' })),
    ...later.flatMap((name) => EFFECTS.map((base): Trial => ({ name, base, places: 'all' }))),
  ];
}

/** The rules that apply to one place and not to another. */
function only(guardrails: readonly Guardrail[], one: Place, other: Place): Guardrail[] {
  return guardrails.filter((rule) => speaksOf(rule, one) && !speaksOf(rule, other));
}

function speaksOf(
  { connection, environments }: Guardrail,
  place: Pick<Place, 'connection' | 'slug' | 'kind'>,
): boolean {
  return (
    (connection === undefined || connection === place.connection) &&
    (environments === place.slug || environments === place.kind)
  );
}

function matches({ operations }: Guardrail, name: string): boolean {
  return matchesName(parseSelector(operations), name);
}

const DENIED: GuardedPair = { outcome: 'deny', approve: false, hold_minutes: 0, rules: [] };

interface JudgedOperation {
  readonly name: string;
  readonly base: Effect;
  readonly effect: Effect;
}

/** What guards an operation at a place, raised as the place's connection raises it. */
function guardedAt(
  { guardrails, way }: { readonly guardrails: readonly Guardrail[]; readonly way: Way },
  { connection, overrides, slug, kind }: Place,
  { name, base, effect }: JudgedOperation,
): GuardedPair {
  const least = overrides.get(name) ?? base;
  const operation = { name, base_effect: worstEffect([base, least]), effect: worstEffect([effect, least]) };
  return guardPair(guardrails, connection, operation, { slug, kind }, way);
}

function atLeast(base: Effect): Effect[] {
  return EFFECTS.filter((one) => one === base || isWorse(one, base));
}

/**
 * Tells whether one outcome is looser than another. A denial is the strictest; otherwise neither the approval, nor one of the people who
 * must give it, nor a minute of the hold may go.
 */
function isMilder(then: GuardedPair, now: GuardedPair): boolean {
  if (then.outcome === 'deny') return false;
  if (now.outcome === 'deny') return true;
  return yesesOf(then) < yesesOf(now) || then.hold_minutes < now.hold_minutes;
}

/** How many people must say yes. */
function yesesOf({ approve, quorum = 1 }: GuardedPair): number {
  return approve ? quorum : 0;
}

function nameOf({ slug, kind }: { readonly slug: string; readonly kind: string }): string {
  return slug === YET_TO_COME ? kind : slug;
}

function named(slug: string): { readonly connection?: string } {
  return slug === YET_TO_COME ? {} : { connection: slug };
}
