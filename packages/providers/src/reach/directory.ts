import type { JsonValue } from '@writ/core';
import type { Selectors } from '../selectors.ts';
import type { Need } from './knowledge.ts';
import type { Container, Located, Place, Sought } from './located.ts';

/** The provider's kinds and words, as far as its reach rules need them. */
export interface ReachWords {
  /** The provider's name in sentences. */
  readonly title: string;
  /** The kind of an environment. */
  readonly environment: string;
  /** The kind of what holds environments. */
  readonly container: string;
  /** The kind of what holds containers. */
  readonly outer: string;
  /** Kinds that can lie in several environments of their container. */
  readonly spanning: ReadonlySet<string>;
  /** Kinds that, as context, tell in which container the call acts, but not in which environment. */
  readonly aside: ReadonlySet<string>;
  /**
   * Operations that give something an instance in every environment that is not ephemeral. The environment they start from does not
   * count.
   */
  readonly everywhere: ReadonlySet<string>;
  /** Fields that lead from a container to what holds it, or to people. Other containers lie beyond them. */
  readonly beyond: RegExp;
  /** The public sentence of the refusal where a credential sees only one environment of a container. */
  readonly partial: string;
  /** Tells whether a member of an opaque argument says that it would make the thing it names. */
  creates(member: JsonValue): boolean;
}

/**
 * What lies where at a provider, as one credential sees it: everything that the interpreter of reach rules asks. Every method takes how
 * new its answer must be, and throws `environment_unresolved` rather than give half an answer.
 */
export interface Directory {
  readonly words: ReachWords;
  readonly selectors: Selectors;
  /** Milliseconds. */
  readonly now: () => number;
  /** A version: changes whenever anything that is known may have changed. */
  readonly version: () => number;
  /** Finds a resource; `undefined` where there is none for this credential, or none of that kind. */
  locate(sought: Sought, need: Need): Promise<Located | undefined>;
  /** All containers that the credential reaches. */
  containers(need: Need): Promise<readonly Container[]>;
  /** Everything that can be named inside an opaque argument. */
  known(need: Need): Promise<readonly Pick<Sought, 'kind' | 'id'>[]>;
  /** Every name of a namespace that all environments share, with the environment where it is configured. */
  namesInUse(need: Need): Promise<readonly { readonly name: string; readonly environment: Place }[]>;
  /** Tells whether the provider plainly says that a target is the newest of its kind where it lies. Silence counts as no. */
  isLatest(target: Located, need: Need): Promise<boolean>;
}
