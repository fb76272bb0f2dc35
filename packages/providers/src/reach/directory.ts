import type { JsonValue } from '@writ/core';
import type { Selectors } from '../selectors.ts';
import type { Need } from './knowledge.ts';
import type { Container, Located, Place, Sought } from './located.ts';

/** What of a provider's kinds and words its reach rules need. */
export interface ReachWords {
  /** The provider, in sentences. */
  readonly title: string;
  /** The kind of an environment. */
  readonly environment: string;
  /** The kind of what holds environments. */
  readonly container: string;
  /** The kind of what holds containers. */
  readonly outer: string;
  /** Kinds that can lie in several environments of their container. */
  readonly spanning: ReadonlySet<string>;
  /** Kinds that, as context, say in which container, not in which environment. */
  readonly aside: ReadonlySet<string>;
  /** Operations by which something gets an instance in every environment that is not ephemeral; where it starts from does not count. */
  readonly everywhere: ReadonlySet<string>;
  /** Fields that lead from a container to what holds it, or to people: beyond them are other containers. */
  readonly beyond: RegExp;
  /** Said where a credential sees one environment of a container only. */
  readonly partial: string;
  /** Tells whether a member of an opaque argument says that it would make what its name names. */
  creates(member: JsonValue): boolean;
}

/**
 * What lies where at a provider, as one credential sees it: all that the interpreter of reach rules asks. Every method takes how new its
 * answer must be, and throws `environment_unresolved` rather than give half of one.
 */
export interface Directory {
  readonly words: ReachWords;
  readonly selectors: Selectors;
  /** Milliseconds. */
  readonly now: () => number;
  /** Another number each time that anything that is known may have become another. */
  readonly version: () => number;
  /** Finds a resource; `undefined` where there is none for this credential, or none of that kind. */
  locate(sought: Sought, need: Need): Promise<Located | undefined>;
  /** All that hold environments and that the credential reaches. */
  containers(need: Need): Promise<readonly Container[]>;
  /** Everything that can be named inside an opaque argument. */
  known(need: Need): Promise<readonly Pick<Sought, 'kind' | 'id'>[]>;
  /** Every name of a namespace that all environments share, with the environment where it is configured. */
  namesInUse(need: Need): Promise<readonly { readonly name: string; readonly environment: Place }[]>;
  /** Tells whether the provider plainly says that a target is the newest of its kind where it lies; silence is a no. */
  isLatest(target: Located, need: Need): Promise<boolean>;
}
