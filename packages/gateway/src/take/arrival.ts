import type { Body } from './body.ts';
import type { Source } from './source.ts';

/** One request, from its arrival until its answer is written. */
export interface Arrival {
  readonly source: Source;
  readonly body: Body;
  /**
   * Takes a stranger's turn, unless the socket or the credential has been good before. Returns 0, or the whole seconds after which to come
   * again. Called once, before anything is looked up.
   */
  takeTurn(): number;
  /** True where its socket or its credential has been good before. */
  readonly isFamiliar: boolean;
  /** True where it shows a credential that was not refused before, as far as that is remembered. */
  readonly isNew: boolean;
  /**
   * Lets a client that is refused as `rate_limited` wait for that, at most a second: so that asking again and again costs them time, and us
   * none. Nothing of the body is kept meanwhile, and `leave` gives back what else is held. A stranger that did not even wait
   * for the answers before is not read any further. Returns at once for any other error.
   */
  letWait(error: unknown, leave?: () => void): Promise<void>;
  /** Its sender has proved who it is: the request, its socket and its credential are no stranger's. `owner`: a client or a user. */
  authenticated(owner: string): void;
  /** What it shows is not good, or no longer: its sender queues with the strangers. */
  refused(): void;
}
