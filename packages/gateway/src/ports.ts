/**
 * What the gateway needs of the rest of Writ: one interface, given by `apps/server`, so that the gateway imports neither
 * `store` nor `broker`.
 */
import type {
  Authorized,
  ChainLink,
  ClientKind,
  Decision,
  ErrorCode,
  Guardrail,
  Operation,
  Resolved,
  ResolvedOperation,
  Secret,
} from '@writ/core';
import type { ConnectionFacts, EffectOverrides, Provider, Upstream } from '@writ/providers';

/** A connection as the gateway uses it. */
export interface GatewayConnection extends ConnectionFacts {
  readonly provider: Provider;
  /** The provider path is appended to it; no trailing slash. */
  readonly base_url: string;
  readonly origin: string;
  readonly overrides: EffectOverrides;
  readonly upstream: Upstream;
  /** True when upstreams on loopback and private addresses may be dialled (model#private-upstream). */
  readonly allow_private: boolean;
}

/** Who presents a valid access token, as of now. */
export interface Caller {
  readonly client_id: string;
  readonly client_kind: ClientKind;
  readonly task_id: string;
  /** The token's id. */
  readonly jti: string;
  readonly kid: string;
  /** Outermost first; the caller's own client id is not in it. */
  readonly act_chain: readonly string[];
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  /** Opaque to the gateway: what the statement that commits the record compares (invariant 8). */
  readonly epochs: unknown;
  /** What the proof that came with the token demands of the body, as `contentDigest` writes it. */
  readonly content_digest?: string;
}

/** How a request presents its access token. */
export interface Presented {
  readonly token: string;
  /** As found: decides whether a sender-constrained token may be taken. */
  readonly scheme: 'bearer' | 'dpop' | 'token' | 'basic' | 'header';
  /** Every `DPoP` header. */
  readonly proofs: readonly string[];
  readonly method: string;
  /** The whole URL in the form the client used, by the configured public URL or gateway domain. */
  readonly url: string;
}

/** What is recorded, and must be durable, before anything is sent. */
export interface AuthorizeRequest {
  readonly request_id: string;
  readonly connection: GatewayConnection;
  readonly caller: Caller;
  readonly resolved: Resolved;
  readonly decision: Decision;
}

/** A call that was refused before it could be decided: unknown operation, unresolved environment, not canonical ... */
export interface RefusalRecord {
  readonly request_id: string;
  /** Where the request came from, as `Source` has it; empty where the peer was gone. */
  readonly address: string;
  readonly connection?: string;
  readonly caller?: Caller;
  readonly code: ErrorCode;
  readonly detail: string;
  /** Why the token or its proof was not accepted: for the log alone. */
  readonly reason?: string;
  /** What was thrown, where it was thrown by a port: by it the port knows whom it refused. Never recorded itself. */
  readonly error: unknown;
  /** As far as they were judged. */
  readonly operations: readonly (Operation | ResolvedOperation)[];
  /** Why, where it was refused because nothing covers it in any environment. */
  readonly decision?: Decision;
}

/** Why the broker itself stops a request under way. */
export type StopReason = 'revoked' | 'frozen' | 'stopping';

/** How a forwarded request ended. */
export interface Outcome {
  /** The provider's status; absent when it never answered. */
  readonly status?: number;
  readonly result: 'answered' | 'unavailable' | 'unknown' | 'cut';
  /**
   * Why an answer was cut off: `credential_echo`, `revoked`, `frozen`, `stopping`, `client_gone`, `redirect`, `encoded`, `upstream_lost`.
   */
  readonly cut_reason?: string;
  readonly duration_ms: number;
}

/** A root credential, opened for one authorized request. The gateway sends `value` and watches answers for `secret`. */
export interface Credential {
  readonly header: string;
  /** The header's whole value: `Bearer ...`. */
  readonly value: Secret;
  /** The root credential itself. Give the same `Secret` again while it is the same: what the echo guard learns is kept by it. */
  readonly secret: Secret;
}

export interface GatewayPorts {
  /** Where the clients of any provider put their token, lower case, besides `authorization`. */
  readonly tokenHeaders: readonly string[];
  /** The provider of a connection that was once looked up; looks nothing up. */
  providerOf(slug: string): Provider | undefined;
  /**
   * Verifies, in memory, that Writ made the token for this connection, and that it has not expired: without one nothing is
   * looked up. Whether it still stands, and its binding, is for `authenticate`. Throws `WritError`: `invalid_token`.
   */
  verify(presented: Pick<Presented, 'token' | 'scheme'>, slug: string): Promise<void>;
  now(): number;
  requestId(): string;
  /** Undefined for a slug that no connection has. */
  connection(slug: string): Promise<GatewayConnection | undefined>;
  /** Throws `WritError`: `invalid_token`, `frozen`, `task_ended`, `rate_limited`, `unavailable`. */
  authenticate(presented: Presented, connection: string): Promise<Caller>;
  /** The kind of the client whose token `authenticate` refused with this error, where it is good but for a freeze or its task's end. */
  stoppedKind(error: unknown): ClientKind | undefined;
  /**
   * Writes the decision and waits until it is durable. Returns the proof for `allow`; for anything else writes and returns undefined.
   * Throws `WritError` when the record could not be written (`unavailable`) or a revocation or freeze came first (`invalid_token`,
   * `frozen`).
   */
  authorize(request: AuthorizeRequest): Promise<Authorized | undefined>;
  /** Records a refusal that came before a decision, durably; those without a caller may be counted together: nothing bounds them. */
  refused(record: RefusalRecord): Promise<void>;
  /** Records how it ended. Never throws; a lost outcome is said in the log. */
  outcome(authorized: Authorized, outcome: Outcome): Promise<void>;
  /** Opens the narrowest root credential that covers the environments reached. */
  credential(authorized: Authorized): Promise<Credential>;
  /** The upstream echoed a root credential: flags it. */
  echoed(authorized: Authorized): Promise<void>;
  /** Calls back when the token behind this caller is revoked or frozen, or the broker stops; returns how to stop listening. */
  onRevoked(caller: Caller, connection: string, cut: (reason: StopReason) => void): () => void;
}
