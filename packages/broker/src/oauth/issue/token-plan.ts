/** The plan of a token: what is asked for, and what it is made from (the client's own proof, a workload's token, another access token). */
import type { Detail, JsonObject } from '@writ/core';
import type { Client, EpochVector, Tx } from '@writ/store';
import type { AccessTokenClaims } from '@writ/tokens';
import type { BrokerEvent } from '../../event.ts';
import type { ClientFacts, StandingGrant } from '../../live.ts';
import type { ClientRequest } from '../client/endpoint.ts';
import type { AskedTask, Resource } from './asked.ts';

/** The origin of a token. */
export interface Origin {
  readonly sub: string;
  readonly claims: Partial<Pick<AccessTokenClaims, 'act' | 'ci' | 'may_act'>>;
  /** Seconds since the epoch: it never outlives what it is made from. */
  readonly exp: number;
  /** The longest it may live besides, in seconds. */
  readonly most_life: number;
  readonly parent_jti: string | null;
  /** Client ids, outermost first; the client's own is not in it. */
  readonly act_chain: readonly string[];
  /** The grants it is within, where they are not the client's own. */
  readonly grants?: readonly StandingGrant[];
  /** The details of the token it is made from: nothing else can be covered. */
  readonly within?: readonly Detail[];
  /** The client of the task that it continues, where that is another one. */
  readonly task_client_id?: string;
  /** The epochs that it relies on besides the client's. */
  readonly epochs: EpochVector;
  /** The members that it adds to the audit event. */
  readonly data: JsonObject;
  /** Uses up what it is made from, right before the token is recorded, and says so for the audit log. Throws `OAuthError`. */
  readonly use?: (details: readonly Detail[]) => Promise<JsonObject>;
}

/** What is asked for, and how to find again what the token comes from. */
export interface TokenOrder extends ClientRequest {
  readonly resource: Resource;
  readonly task: AskedTask;
  /** The thumbprint of the key the token is bound to; undefined for a bearer token. */
  readonly jkt: string | undefined;
  readonly originOf: (facts: ClientFacts) => Promise<Origin>;
  /** Asks a human, where the client's grants do not cover all of what it asks for and it can wait. Always throws. */
  readonly askFor?: (plan: TokenPlan, asked: Beyond) => Promise<never>;
  /** A token that a human has approved. */
  readonly approved?: ApprovedToken;
}

/** What a client asks for, and the grants that do not cover all of it. */
export interface Beyond {
  readonly details: readonly Detail[];
  readonly grants: readonly StandingGrant[];
}

/** A token that a human has approved: it covers what was given, whatever the client's grants are. */
export interface ApprovedToken {
  readonly details: readonly Detail[];
  /** Seconds. */
  readonly life: number;
  /**
   * Uses the approval up, in the transaction that records the token; returns what else is recorded and who must hear of it. Throws `OAuthError`
   * where it cannot be used.
   */
  readonly use: (tx: Tx, issued: { readonly jti: string; readonly seconds: number }) => Promise<ApprovalUsed>;
}

/** What is recorded where an approval was used for a token. */
export interface ApprovalUsed {
  readonly happened: readonly BrokerEvent[];
  readonly changes: readonly { readonly kind: string; readonly subject: string }[];
}

/** A token request with everything that decides about it. */
export interface TokenPlan extends TokenOrder {
  readonly facts: ClientFacts;
  readonly origin: Origin;
}

/** The origin of a token that a client asks for with nothing but its own proof. */
export function ownOrigin({ client_id, settings }: Client): Origin {
  return {
    sub: client_id,
    claims: mayAct(settings),
    exp: Number.POSITIVE_INFINITY,
    most_life: Number.POSITIVE_INFINITY,
    parent_jti: null,
    act_chain: [],
    epochs: [],
    data: {},
  };
}

/** The claim has room for one (RFC 8693 section 4.4); of several the setting itself is looked at when a token is exchanged. */
export function mayAct({ may_act = [] }: Client['settings']): Pick<Origin['claims'], 'may_act'> {
  const [only, ...others] = may_act;
  return only === undefined || others.length > 0 ? {} : { may_act: { sub: only } };
}
