/** The input and the result of `decide` (model#decision). The error, the audit event and `explain` use the same result. */

import type { ErrorCode } from '../errors/error.ts';
import type { ResolvedOperation } from '../request/pipeline.ts';
import type { Detail, GrantScope } from '../scope/detail.ts';
import type { Effect } from '../scope/effect.ts';
import type { Guardrail, Outcome } from '../scope/guardrail.ts';
import type { Limit } from '../scope/limit.ts';

/** One member of a link: a detail of a token, or the scope of a grant. It covers nothing at or after `expires_at` (milliseconds). */
export interface Allowance {
  readonly scope: Detail | GrantScope;
  /** The grant's id, for reasons and audit. */
  readonly grant_id?: string;
  readonly expires_at?: number;
  /** It covers only what one of these covers too; absent where it is bounded by its own scope alone. */
  readonly within?: readonly (Detail | GrantScope)[];
}

/** One link of the chain: every pair must be covered by one of its allowances. */
export interface ChainLink {
  /** `token`: its own details; `grants`: the client's grants as they stand now; `ancestor`: a token this one was exchanged for. */
  readonly link: 'token' | 'grants' | 'ancestor';
  /** The token's or client's id. */
  readonly subject: string;
  readonly allowances: readonly Allowance[];
}

/** The input of a decision. `now` in milliseconds since the epoch. */
export interface DecideInput {
  readonly connection: string;
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  readonly operations: readonly ResolvedOperation[];
  readonly now: number;
}

/** How much of a limit is used, and how much more the call would use. `ends_at`: when its period ends, milliseconds; absent for a task's. */
export interface LimitUsed {
  readonly used: number;
  readonly adds: number;
  readonly ends_at?: number;
}

/** What a call counts against one limit of a client: the same for every grant that has it. */
export interface LimitCharge {
  readonly client_id: string;
  /** The key of what the limit counts, hex. */
  readonly key: string;
  readonly limit: Limit;
  /** Operations, or the sum of the argument. */
  readonly adds: number;
  /** One of the operations that count, to be told. */
  readonly operation: Pick<ResolvedOperation, 'name' | 'effect'>;
}

/** The reason why a pair was not simply allowed. */
export interface Reason {
  readonly operation: string;
  readonly effect: Effect;
  readonly environment: string;
  readonly rule:
    | 'operation_not_granted'
    | 'environment_not_granted'
    | 'resource_not_granted'
    | 'argument_not_granted'
    | 'no_pairs'
    | 'limit_uncountable'
    | 'limit_reached'
    | 'guardrail';
  /** The link that does not cover the pair. */
  readonly link?: ChainLink['link'];
  readonly subject?: string;
  /** The guardrail that decided, for the rule `guardrail`. */
  readonly guardrail?: Guardrail;
  /** The limit that refuses, for the rules `limit_uncountable` and `limit_reached`; of the latter also how much of it is used. */
  readonly limit?: Limit;
  readonly used?: LimitUsed;
  /** What that link allows there, in compact form, for the sentence a person reads. */
  readonly allowed?: readonly string[];
}

/** One (operation, environment) pair after it was judged. */
export interface DecidedPair {
  readonly operation: string;
  readonly effect: Effect;
  readonly environment: string;
  readonly covered: boolean;
  /** The grants that covered it. */
  readonly grant_ids: readonly string[];
  readonly outcome: Outcome;
  readonly approve: boolean;
  readonly hold_minutes: number;
  /** How many people must say yes, where it is more than one. */
  readonly quorum?: number;
  /** The guardrails that decided; empty where none applied, which denies. */
  readonly rules: readonly Guardrail[];
}

/** `allow` goes on; `wait` needs a human or time (approve, hold or both); `refuse` is final for this token. */
export type Decision = {
  readonly result: 'allow' | 'wait' | 'refuse';
  /** The stable code of the refusal or wait; absent for `allow`. */
  readonly code?: ErrorCode;
  readonly approve: boolean;
  /** Minutes to hold; 0 for none. */
  readonly hold_minutes: number;
  /** How many people must say yes, where it is more than one: the largest quorum of the pairs. */
  readonly quorum?: number;
  readonly pairs: readonly DecidedPair[];
  readonly reasons: readonly Reason[];
  /** What it counts against limits, where the client has any; what is forwarded is counted when it is recorded. */
  readonly limits?: readonly LimitCharge[];
  /** The smallest details that would have covered every uncovered pair; empty if only guardrails refuse. */
  readonly missing: readonly Detail[];
};
