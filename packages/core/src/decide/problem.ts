import type { ErrorCode } from '../errors/error.ts';
import type { PartName } from '../request/parts.ts';
import type { Detail } from '../scope/detail.ts';
import type { Effect } from '../scope/effect.ts';
import type { Reason } from './decision.ts';

/** The next step for the caller of the gateway. */
export interface NextStep {
  readonly action: 'fix_request' | 'renew_token' | 'request_details' | 'repeat' | 'wait' | 'ask_human' | 'stop';
  /** For `request_details`: the smallest details that are enough. */
  readonly authorization_details?: readonly Detail[];
  /** For `wait` and `repeat`: seconds. */
  readonly after_seconds?: number;
  /** For `ask_human`: what to show a human. */
  readonly url?: string;
}

/** An operation as a refusal names it. */
export interface ProblemOperation {
  readonly name: string;
  readonly effect: Effect;
  readonly environments: readonly string[];
  readonly resources: readonly string[];
}

/** The answer of the gateway when it does not forward (model#refusal): at `errors[].extensions.writ` (GraphQL) or member `writ` (JSON). */
export interface Problem {
  readonly code: ErrorCode;
  /** The sentences, in this order: nothing was sent; what the call would have done, and where; which rule refused it; the next step. */
  readonly detail: string;
  readonly request_id: string;
  readonly operations?: readonly ProblemOperation[];
  readonly reasons?: readonly Reason[];
  readonly next: NextStep;
  /** For a human: the smallest grant that would do, where one is missing. Opening it saves nothing. */
  readonly grant_url?: string;
  /** The request for approval that was made of it, or is open, or was named. */
  readonly approval_id?: string;
  /** For a human. */
  readonly approval_url?: string;
  /** For the holder of the token: tells what became of it. */
  readonly status_url?: string;
  /** The hold that was made of it, or is open. */
  readonly hold_id?: string;
  /** For a human. */
  readonly hold_url?: string;
  /** When it is sent; RFC 3339. */
  readonly executes_at?: string;
  /** Until when it can be approved, or be used; RFC 3339. */
  readonly expires_at?: string;
  /** The parts of the request that are not what was approved. */
  readonly changed?: readonly PartName[];
}
