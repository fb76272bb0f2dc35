/**
 * The values that the steps of the gateway make of a request (model#authorized): bytes -> Canonical -> Classified -> Resolved ->
 * Authorized.
 */

import type { JsonObject } from '../json/json.ts';
import type { Effect } from '../scope/effect.ts';
import type { EnvironmentKind } from '../scope/environment.ts';

/** A provider request in the one spelling that is both judged and sent. */
export interface ProviderRequest {
  /** The method, in upper case. */
  readonly method: string;
  /** The canonical path below the connection's base URL; begins with `/`, without the query. */
  readonly path: string;
  /** The query without `?`; empty if there is none. */
  readonly query: string;
  /** The headers, by lower-case name: those that the provider lists as meaningful or volatile, and `content-type`. Never a credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body; empty if there is none. */
  readonly body: Uint8Array;
  /** The name of the provider's other base URL to which the request goes; absent if it goes to the connection's own. */
  readonly at?: string;
}

/** One operation of a request: a root operation, or a nested field with an effect or reach of its own (`Type.field`). */
export interface Operation {
  readonly name: string;
  /** The effect as judged for this call. */
  readonly effect: Effect;
  /** The effect in the catalog, before the arguments are looked at. */
  readonly base_effect: Effect;
  /** The effects to which resolving may still raise it, by facts about its targets. Absent if there are none. */
  readonly raisable?: readonly Effect[];
  /** The arguments after coercion, as the provider's server sees them. */
  readonly arguments: JsonObject;
  /** The resources that its arguments name as targets. They were not looked up, so they may not exist or be of another kind. */
  readonly names?: readonly Pick<Resource, 'kind' | 'id'>[];
  /** The dotted paths of arguments whose values must not be logged. */
  readonly secret_arguments: readonly string[];
  /** True if only a selector with its full name covers it: an owner admitted it from the provider's live schema. */
  readonly spelled_out?: true;
  /** The index in `operations` of the root operation that contains a nested field; absent for a root. */
  readonly parent?: number;
}

/** A resource of the provider that a call names, after it was looked up. */
export interface Resource {
  readonly kind: string;
  readonly id: string;
  /** The provider's name of it, if it is known. */
  readonly name?: string;
  /** The containers in which it lies by the inventory, as `kind:id`: its environments, service, project, volume ... */
  readonly within: readonly string[];
}

/** One environment in which a call can act. */
export interface ReachedEnvironment {
  readonly slug: string;
  readonly kind: EnvironmentKind;
  /** The provider's ids of those of its environments that the call reaches; absent for `shared`. */
  readonly places?: readonly string[];
}

/** An operation with its targets and its reach. `environments` is never empty. */
export interface ResolvedOperation extends Operation {
  /** The resources it acts on. */
  readonly targets: readonly Resource[];
  /** The containers that only say where it acts. What an operation without targets creates counts as lying in these. */
  readonly containers: readonly string[];
  readonly environments: readonly ReachedEnvironment[];
  /** The new names that it gives. Absent where it gives none. */
  readonly renames?: readonly Rename[];
}

/** A new name that a call gives a resource. */
export interface Rename {
  /** `kind:id`. */
  readonly target: string;
  /** The present name, if it is known. */
  readonly from?: string;
  readonly to: string;
}
