/**
 * The vocabulary of reviews, the same for every engine: what an operation does, what raises that, what it acts on and how far it
 * reaches (model#catalog). Data only; `reach/` and the engines interpret it.
 */
import type { Effect } from '@writ/core';

/**
 * Where in an operation's coerced arguments something is found: names joined by dots, `[]` after a list, `*` for any name.
 *
 * @example 'input.volumeId', 'ids[]', 'services.*.volumeMounts'
 */
export type ArgumentPath = string;

/** A condition on the coerced arguments of a call. `[]` paths hold when any element does. */
export type Condition =
  /** Given, also as `null`. */
  | { readonly path: ArgumentPath; readonly is: 'present' }
  /** Given, and neither `null` nor `false`. */
  | { readonly path: ArgumentPath; readonly is: 'set' }
  /** Given as `null`. */
  | { readonly path: ArgumentPath; readonly is: 'null' }
  /** Not given, or `null`. */
  | { readonly path: ArgumentPath; readonly is: 'absent' }
  /** A list with no elements. */
  | { readonly path: ArgumentPath; readonly is: 'empty' }
  /** A map with a `null` value, which drops the name; also anything given that is no map, because its content is not known. */
  | { readonly path: ArgumentPath; readonly is: 'holds_null' }
  | { readonly path: ArgumentPath; readonly one_of: readonly (string | number | boolean)[] }
  /** Given and equal to none of these: for arguments of which only the listed values are known to be safe. */
  | { readonly path: ArgumentPath; readonly not_one_of: readonly (string | number | boolean | null)[] };

/** An argument that makes the call worse than the operation's own effect. */
export interface Raise {
  readonly when: Condition;
  readonly to: Effect;
}

/** A fact that only the provider can tell, and that makes the call worse than the operation's own effect. Silence counts as yes. */
export interface StateRaise {
  /**
   * - `not_latest`: the deployment `path` names is not the latest of its service in its environment;
   * - `other_name`: `path` is another name than the first target bears.
   */
  readonly state: 'not_latest' | 'other_name';
  readonly path: ArgumentPath;
  readonly to: Effect;
}

/**
 * An argument of opaque type that names resources inside: each is acted on, and the call reaches every environment it lies in, for nothing
 * proves that such a value stays in the environment that stands beside it.
 */
export interface PatchRef {
  readonly path: ArgumentPath;
  /** Where, below `path`, the members' names are ids: `*` is any name on the way. Elsewhere an id counts where the inventory knows it. */
  readonly ids: readonly { readonly at: string; readonly kind: string }[];
  /** Where, below `path`, the members' names are host names. */
  readonly names: readonly string[];
}

/** An argument that names a resource by its provider id. */
export interface ResourceRef {
  readonly kind: string;
  readonly path: ArgumentPath;
  /** The argument that names what this one must lie in, where the id alone cannot be looked up (a backup of a volume instance). */
  readonly of?: ArgumentPath;
  /**
   * What a destructive call takes of it: the `whole`, with all that lies in it, or its `content`. Absent where it loses a part or a
   * setting, or nothing.
   */
  readonly dies?: 'whole' | 'content';
  /** It dies only where this holds. */
  readonly dies_when?: Condition;
}

/** An argument that gives a target a new name. */
export interface RenameRef {
  readonly kind: string;
  /** Where the id of the target stands. */
  readonly path: ArgumentPath;
  /** Where the new name stands. */
  readonly to: ArgumentPath;
}

/** Something that a call acts by and that its arguments do not hold. */
export type StoredRef =
  /** Stored at the provider under the id at `path`, inside what `of` names, and read by the provider's folder under the name `what`. */
  | {
      readonly what: string;
      readonly path: ArgumentPath;
      readonly of?: ArgumentPath;
      /** Where in it ids of resources stand, as if it were the argument `patch`. */
      readonly holds?: readonly PatchRef[];
    }
  /** Stored at the provider, and it cannot be read: nobody can approve such a call. */
  | { readonly unreadable: string }
  /** Kept elsewhere, where the provider gets it when the call is made: shown as not known, unless the argument `unless` says it. */
  | { readonly elsewhere: string; readonly unless?: ArgumentPath };

/** An argument that names something in a namespace all environments share (a host name): model#shared-name. */
export interface SharedNameRef {
  readonly kind: 'domain';
  readonly path: ArgumentPath;
}

/**
 * How far an operation reaches.
 *
 * - `shared`: only what lies outside any environment;
 * - `environment`: the one environment an argument names; `absent` says what an omitted or null argument means (default: everything); with
 *   `stored`, what is done there is stored at the provider and may name things of every environment of the project;
 * - `resource`: every environment its targets lie in; `narrowed_by` names the environment argument that, when given, limits it to one of
 *   them;
 * - `container`: for `read` as `shared`; for any other effect `shared` and every environment inside the container. `fork` names an
 *   environment argument that limits it to that environment once the provider has just shown it to be ephemeral (model#fork);
 * - `inside`: `shared` and every environment inside the container, also for a `read` (a list over all environments of a project); with
 *   `directory`, a read that selects directory fields only (model#directory-field) stays `shared`;
 * - `instances`: every environment in which what `path` names has, or would get, an instance, unless the provider has just shown the
 *   environment that `fork` names to be ephemeral (model#fork): then that one;
 * - `everything`: `shared` and every environment of the connection.
 */
export type ReachRule =
  | { readonly in: 'shared' }
  | { readonly in: 'environment'; readonly path: ArgumentPath; readonly stored?: true; readonly absent?: ReachRule }
  | { readonly in: 'resource'; readonly narrowed_by?: ArgumentPath }
  | {
      readonly in: 'container';
      readonly kind: string;
      readonly path: ArgumentPath;
      readonly fork?: ArgumentPath;
      readonly absent?: ReachRule;
    }
  | {
      readonly in: 'inside';
      readonly kind: string;
      readonly path: ArgumentPath;
      readonly directory?: true;
      readonly absent?: ReachRule;
    }
  | { readonly in: 'instances'; readonly kind: string; readonly path: ArgumentPath; readonly fork?: ArgumentPath }
  | { readonly in: 'everything' };

/** One operation, reviewed by hand. */
export interface OperationReview {
  /** The effect before the arguments are seen. */
  readonly effect: Effect;
  readonly raises?: readonly Raise[];
  readonly state_raises?: readonly StateRaise[];
  /** What it acts on: a detail's `resources` must cover it, and refusals and the log name it. */
  readonly targets?: readonly ResourceRef[];
  /** Ids that only say where it acts: they must exist and agree, and add no reach. */
  readonly context?: readonly ResourceRef[];
  readonly reach: ReachRule;
  readonly names?: readonly SharedNameRef[];
  readonly patches?: readonly PatchRef[];
  /** What it acts by besides its arguments. Its version is part of what an approval is for. */
  readonly stored?: readonly StoredRef[];
  /** Which of its targets it renames: people are shown for a while what a thing was called before. */
  readonly renames?: readonly RenameRef[];
  /** Set on an operation that an owner admitted from the live schema. */
  readonly admitted?: true;
  /** Arguments whose values are never logged; audit keeps their keyed digest and length. */
  readonly secret?: readonly ArgumentPath[];
  /** Why this effect and this reach, for the next reviewer. */
  readonly why: string;
}

/**
 * Where a GraphQL field leads (model#step).
 *
 * - `same`: stays where its parent is;
 * - `shared`: to an object that lies outside any environment (a deployment's service);
 * - `out`: into other environments of the container (an environment's source, a service's instances).
 */
export type Step = 'same' | 'shared' | 'out';
