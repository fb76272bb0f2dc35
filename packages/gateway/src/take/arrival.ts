import type { Body } from './body.ts';
import type { Source } from './source.ts';

/** One request, from its arrival until its answer is written. */
export interface Arrival {
  readonly source: Source;
  readonly body: Body;
  /**
   * Takes one of the turns of the sender's network, unless the socket or the credential was good before. Returns 0 if there was one, or
   * after how many whole seconds the client may try again. Called once, before anything is looked up.
   */
  takeTurn(): number;
  /** True if its socket or its credential was good before. */
  readonly isFamiliar: boolean;
  /** True if it shows a credential that, as far as is remembered, was not refused before. */
  readonly isNew: boolean;
  /**
   * Makes a client that is refused as `rate_limited` wait for the refusal, at most a second, so that repeating at once costs the client
   * time and Writ nothing. Nothing of the body is kept meanwhile, and `leave` gives back whatever else the request holds. If a stranger
   * sent this request before it had the previous answers, nothing more is read from its socket. Returns at once for any other error.
   */
  letWait(error: unknown, leave?: () => void): Promise<void>;
  /** Called when the sender has proved who it is: request, socket and credential then belong to `owner`, a client or a user. */
  authenticated(owner: string): void;
  /** Called when the credential is not good, or not any more: its sender counts as a stranger. */
  refused(): void;
}
