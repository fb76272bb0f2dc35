import type { MemberKey } from '../selectors.ts';

/** One of the provider's environments. */
export interface Place {
  readonly id: string;
  readonly ephemeral: boolean;
  /** Every key by which a selector can name it; the first one goes before the others. */
  readonly members: readonly MemberKey[];
}

/**
 * A container: what holds environments, such as a project. All ids of one call lie in one container, and a step out of an environment
 * reaches all environments of its container.
 */
export interface Container {
  readonly id: string;
  /** `kind:id` of itself, and of what it lies in. */
  readonly within: readonly string[];
  /** True where the credential sees only one of its environments: what lies in the others is not known then. */
  readonly partial: boolean;
  readonly environments: readonly Place[];
}

/** A resource that was found: its kind, and where it lies. */
export interface Located<C extends Container = Container> {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** The containers it lies in: exactly one, except for what holds containers itself. */
  readonly containers: readonly C[];
  /**
   * - `inside`: what it names holds environments (a container, or what holds containers);
   * - `in`: it lies in environments (all others).
   */
  readonly extent: 'inside' | 'in';
  /** The environments it holds or lies in. May be empty: a volume without instances. */
  readonly environments: C['environments'];
  /** `kind:id` of what it lies in besides environments, as a whole. */
  readonly within: readonly string[];
}

/** The id of the thing of one kind that something lies in; undefined where it lies in none. `within`: `kind:id`. */
export function idWithin({ within }: { readonly within: readonly string[] }, kind: string): string | undefined {
  return within.find((outer) => outer.startsWith(`${kind}:`))?.slice(kind.length + 1);
}

/** What is looked for: which thing, and for some kinds in which other thing. */
export interface Sought {
  readonly kind: string;
  readonly id: string;
  /** The id of what it must lie in, for kinds that cannot be looked up by their own id. */
  readonly of?: string;
}

/** Tells whether what was found is one environment that the provider says is ephemeral (model#fork). */
export function isFork(found: Located | undefined): found is Located {
  return found?.environments.length === 1 && found.environments[0]?.ephemeral === true;
}
