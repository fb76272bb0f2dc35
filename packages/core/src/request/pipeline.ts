/**
 * The values a request turns into on its way through the gateway (model#authorized):
 * bytes -> Canonical -> Classified -> Resolved -> Authorized.
 */

import type { JsonObject } from '../json/json.ts';
import type { Effect } from '../scope/effect.ts';
import type { EnvironmentKind } from '../scope/environment.ts';

/** A provider request in the one spelling that is both judged and sent. */
export interface ProviderRequest {
  /** Upper case. */
  readonly method: string;
  /** The provider's path, below the connection's base URL: begins with `/`, canonical, no query. */
  readonly path: string;
  /** Without `?`; empty when there is none. */
  readonly query: string;
  /** Lower-case names; only those the provider lists as meaningful or volatile, and `content-type`. Never a credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when there is none. */
  readonly body: Uint8Array;
  /** The name of the provider's other base URL that it goes to; absent where it goes to the connection's own. */
  readonly at?: string;
}

/** One thing a request does: a root operation, or a nested field with an effect or reach of its own (`Type.field`). */
export interface Operation {
  readonly name: string;
  /** As judged for this call. */
  readonly effect: Effect;
  /** What the catalog gives it before its arguments are seen. */
  readonly base_effect: Effect;
  /** What resolving may still raise it to, by what the provider says of its targets. Absent where nothing can. */
  readonly raisable?: readonly Effect[];
  /** Coerced, as the provider's server would see them. */
  readonly arguments: JsonObject;
  /** What its arguments say that it acts on: not looked up, so it may not be there, nor be what it is said to be. */
  readonly names?: readonly Pick<Resource, 'kind' | 'id'>[];
  /** Dotted paths of arguments whose values must not be logged. */
  readonly secret_arguments: readonly string[];
  /** True where only a selector that names it in full covers it: what an owner admitted from the provider's live schema. */
  readonly spelled_out?: true;
  /** The root operation a nested field was selected under; absent for a root. Index into `operations`. */
  readonly parent?: number;
}

/** A resource of the provider that a call names, as resolved. */
export interface Resource {
  readonly kind: string;
  readonly id: string;
  /** The provider's name for it, where it was learnt. */
  readonly name?: string;
  /** `kind:id` of everything it lies in, by the inventory: its environments, service, project, volume ... */
  readonly within: readonly string[];
}

/** One environment a call can act in. */
export interface ReachedEnvironment {
  readonly slug: string;
  readonly kind: EnvironmentKind;
}

/** An operation with what it acts on and how far it reaches. `environments` is never empty. */
export interface ResolvedOperation extends Operation {
  /** What is acted on. */
  readonly targets: readonly Resource[];
  /** What only says where it acts. For an operation without targets, the containers in which what it would create counts as lying. */
  readonly containers: readonly string[];
  readonly environments: readonly ReachedEnvironment[];
}

/**
 * What would go with what a call destroys: shown by `explain` (model#blast-radius). `unknown`: sentences on what the provider was not
 * asked, or did not say.
 */
export interface BlastRadius {
  readonly dies: readonly BlastItem[];
  readonly backups_lost: readonly BlastItem[];
  readonly backups_left: readonly BlastItem[];
  readonly unknown: readonly string[];
}

/** One item of a blast radius. `facts` are measured values: sizes, counts, times. */
export interface BlastItem {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  readonly environment?: string;
  readonly facts: JsonObject;
}
