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
  ProviderRequest,
  Resolved,
  ResolvedOperation,
  Secret,
  TokenHolder,
} from '@writ/core';
import type { ConnectionFacts, EffectOverrides, Provider, Signature, Upstream } from '@writ/providers';

/** A place of a provider's API. */
export interface UpstreamAddress {
  /** The provider path is appended to it; no trailing slash. */
  readonly base_url: string;
  readonly origin: string;
  /** True when upstreams on loopback and private addresses may be dialled (model#private-upstream). */
  readonly allow_private: boolean;
}

/** A connection as the gateway uses it. Its own address is what the root credential is sealed to. */
export interface GatewayConnection extends ConnectionFacts, UpstreamAddress {
  readonly provider: Provider;
  /** The provider's other places, by the name that a judged request says. */
  readonly others: ReadonlyMap<string, UpstreamAddress>;
  readonly overrides: EffectOverrides;
  readonly upstream: Upstream;
}

/** Where a judged request goes: to the connection's own address, or the one of the provider's that it names. */
export function addressOf(
  connection: UpstreamAddress & Pick<GatewayConnection, 'others'>,
  { at }: Pick<ProviderRequest, 'at'>,
): UpstreamAddress | undefined {
  return at === undefined ? connection : connection.others.get(at);
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

/** A request that was judged: what is recorded, and must be durable, before anything is sent. */
export interface DecidedCall {
  readonly request_id: string;
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
  /** Whose token was refused, where a genuine one was shown. */
  readonly holder?: TokenHolder;
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
  /** The headers that put it on this request. */
  sign(request: ProviderRequest): Promise<Signature>;
  /** The root credential itself. Give the same `Secret` again while it is the same: what the echo guard learns is kept by it. */
  readonly secret: Secret;
}

/** What the rest of Writ does for one request whose access token was checked: each function is called once, in this order. */
export interface RequestPort {
  readonly caller: Caller;
  /**
   * Writes the decision and waits until it is durable. Returns the proof for `allow`; for anything else writes and returns undefined.
   * Throws `WritError` when the record could not be written (`unavailable`) or a revocation or freeze came first (`invalid_token`,
   * `frozen`).
   */
  authorize(call: DecidedCall): Promise<Authorized | undefined>;
  /** Opens the narrowest root credential that covers the environments reached; of an authorized request. */
  credential(): Promise<Credential>;
  /** Calls back when the token is revoked or frozen, or the broker stops; returns how to stop listening. */
  onStopped(cut: (reason: StopReason) => void): () => void;
  /** The upstream echoed a root credential: flags it. */
  echoed(): Promise<void>;
  /** Records how it ended. Throws where that could not be recorded; it is tried again then. */
  outcome(outcome: Outcome): Promise<void>;
}

/** The way of one request to one connection. */
export interface ConnectionPort {
  readonly slug: string;
  /** The provider of a connection that was once looked up; looks nothing up. */
  readonly provider: Provider | undefined;
  /**
   * Verifies, in memory, that Writ made the token for this connection, and that it has not expired: without one nothing is
   * looked up. `authenticate` checks whether it was revoked, and its binding. Throws `WritError`: `invalid_token`.
   */
  verify(presented: Pick<Presented, 'token' | 'scheme'>): Promise<void>;
  /** Looks the connection up, once however often it is asked. Undefined for a slug that no connection has. */
  find(): Promise<GatewayConnection | undefined>;
  /**
   * Checks the token of the request as everything stands now. Throws `WritError`: `connection_unknown`, `invalid_token`, `frozen`,
   * `task_ended`, `rate_limited`, `unavailable`; with `extras.holder` where the token was genuine.
   */
  authenticate(presented: Presented): Promise<RequestPort>;
}

/** What the gateway needs of the rest of Writ. */
export interface GatewayPorts {
  /** Where the clients of any provider put their token, lower case, besides `authorization`. */
  readonly tokenHeaders: readonly string[];
  now(): number;
  requestId(): string;
  /** Opens the way to a connection, be it there or not; looks nothing up. */
  open(slug: string): ConnectionPort;
  /** Records a refusal that came before a decision, durably; those without a caller may be counted together: nothing bounds them. */
  refused(record: RefusalRecord): Promise<void>;
}
