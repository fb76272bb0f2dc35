/** The operations of a connection by name, and which of them selectors cover: needed for every token and grant. */
import {
  allows,
  EFFECTS,
  type Effect,
  matchesName,
  onceFor,
  parseSelector,
  type SelectedOperation,
  type Selector,
} from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import type { ConnectionState } from '../live.ts';

/** An operation at every effect it can be judged to have. */
export interface KnownOperation {
  readonly name: string;
  readonly base_effect: Effect;
  readonly effects: readonly Effect[];
  readonly spelled_out?: true;
}

/** The operations of a connection: its provider's, with what an owner recorded. */
export type OperationSource = Pick<ConnectionState, 'provider' | 'overrides'>;

interface Index {
  readonly all: readonly KnownOperation[];
  readonly byName: ReadonlyMap<string, KnownOperation>;
  readonly names: readonly string[];
  /** What each list of selectors covers, as `coveredBy` answers it. */
  readonly covered: WeakMap<readonly string[], ReadonlySet<string>>;
  /** Every operation at each effect that it can have. */
  readonly pairs: readonly SelectedOperation[];
  /** What a selector covers, by its text. */
  readonly selected: Map<string, Selected>;
}

interface Selected {
  /** The places in `pairs`. */
  readonly places: readonly number[];
  readonly effects: ReadonlySet<Effect>;
}

/** The most selectors of which it is remembered what they cover; most clients share a few. */
const MOST_SELECTORS = 2_000;

/** Keyed by the connection as it was loaded: every change of a connection makes a new object. */
const indexOf = onceFor((state: OperationSource): Index => {
  const all = listKnown(state);
  const byName = new Map(all.map((one) => [one.name, one]));
  const pairs = all.flatMap(({ effects, ...operation }) => effects.map((effect) => ({ ...operation, effect })));
  return { all, byName, names: [...byName.keys()], covered: new WeakMap(), pairs, selected: new Map() };
});

/** The operations of a connection, with what an owner recorded. */
export function knownOperations(state: OperationSource): readonly KnownOperation[] {
  return indexOf(state).all;
}

function listKnown({ provider, overrides }: OperationSource): KnownOperation[] {
  return provider.operations.map((operation) => atEffects(operation, overrides.get(operation.name)));
}

function atEffects(
  { name, effect, raised_to, spelled_out }: CatalogOperation,
  override: Effect | undefined,
): KnownOperation {
  const base_effect = override ?? effect;
  const least = EFFECTS.indexOf(base_effect);
  const effects = EFFECTS.filter(
    (each) => each === base_effect || (raised_to.includes(each) && EFFECTS.indexOf(each) >= least),
  );
  return { name, base_effect, effects, ...(spelled_out && { spelled_out }) };
}

/** The operations whose names a selector matches, of every effect. A name without a star is looked up directly. */
export function named(state: OperationSource, selector: Selector): readonly KnownOperation[] {
  const { all, byName } = indexOf(state);
  if (!selector.exact) return all.filter(({ name }) => matchesName(selector, name));
  const one = byName.get(selector.pattern);
  return one === undefined ? [] : [one];
}

/** Their names. */
export function operationNames(state: OperationSource): readonly string[] {
  return indexOf(state).names;
}

/** The operation of a name. */
export function knownOperation(state: OperationSource, name: string): KnownOperation | undefined {
  return indexOf(state).byName.get(name);
}

/** Tells whether a selector covers the operation at any effect it can have. */
export function reaches(selector: Selector, { effects, ...operation }: KnownOperation): boolean {
  return effects.some((effect) => allows(selector, { ...operation, effect }));
}

/** What a list of selectors covers: `name:effect` for each operation at each effect; worked out once for each list. */
export function coveredBy(state: OperationSource, operations: readonly string[]): ReadonlySet<string> {
  const { covered } = indexOf(state);
  const known = covered.get(operations);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const selector of operations.map(parseSelector)) {
    for (const { effects, ...operation } of named(state, selector)) {
      for (const effect of effects)
        if (allows(selector, { ...operation, effect })) found.add(`${operation.name}:${effect}`);
    }
  }
  covered.set(operations, found);
  return found;
}

/** Every operation of a connection at each effect that it can have, in the order of the catalog. */
export function knownPairs(state: OperationSource): readonly SelectedOperation[] {
  return indexOf(state).pairs;
}

/** Which of `knownPairs` a selector covers, by their places there. */
export function pairsOf(state: OperationSource, selector: string): readonly number[] {
  return selectedBy(state, selector).places;
}

/** The effects of what selectors cover. */
export function effectsOf(state: OperationSource, selectors: readonly string[]): ReadonlySet<Effect> {
  return new Set(selectors.flatMap((selector) => [...selectedBy(state, selector).effects]));
}

function selectedBy(state: OperationSource, selector: string): Selected {
  const { pairs, selected } = indexOf(state);
  const known = selected.get(selector);
  if (known !== undefined) return known;
  const parsed = parseSelector(selector);
  const places = pairs.flatMap((operation, at) => (allows(parsed, operation) ? [at] : []));
  const found = { places, effects: new Set(places.flatMap((at) => pairs[at]?.effect ?? [])) };
  if (selected.size >= MOST_SELECTORS) selected.clear();
  selected.set(selector, found);
  return found;
}
