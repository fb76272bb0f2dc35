/**
 * What the gateway needs of the rest of Writ: one interface, given by `apps/server`, so that the gateway imports neither
 * `store` nor `broker`.
 */
import type {
  Authorized,
  Canonical,
  ChainLink,
  Classified,
  ClientKind,
  Decision,
  ErrorCode,
  Guardrail,
  Operation,
  PartName,
  ProviderRequest,
  Resolved,
  ResolvedOperation,
  Secret,
  TokenHolder,
  WritError,
} from '@writ/core';
import type { ConnectionFacts, EffectOverrides, Provider, Signature, Upstream } from '@writ/providers';

/** The address of an upstream. */
export interface UpstreamAddress {
  /** The URL to which a provider path is appended; no trailing slash. */
  readonly base_url: string;
  readonly origin: string;
  /** True when upstreams on loopback and private addresses may be dialled (model#private-upstream). */
  readonly allow_private: boolean;
}

/** A connection as the gateway uses it. Its own address is what the root credential is sealed to. */
export interface GatewayConnection extends ConnectionFacts, UpstreamAddress {
  readonly provider: Provider;
  /** The provider's other hosts, by the name that a judged request gives. */
  readonly others: ReadonlyMap<string, UpstreamAddress>;
  readonly overrides: EffectOverrides;
  readonly upstream: Upstream;
}

/** Returns the address a judged request goes to: the connection's own, or that of the other host it names. */
export function addressOf(
  connection: UpstreamAddress & Pick<GatewayConnection, 'others'>,
  { at }: Pick<ProviderRequest, 'at'>,
): UpstreamAddress | undefined {
  return at === undefined ? connection : connection.others.get(at);
}

/** The client behind a valid access token, as it stands now. */
export interface Caller {
  readonly client_id: string;
  readonly client_kind: ClientKind;
  readonly task_id: string;
  /** The token's id. */
  readonly jti: string;
  readonly kid: string;
  /** The clients that delegated to this one, outermost first; without the caller's own id. */
  readonly act_chain: readonly string[];
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  /** The digest that the body must have by the proof beside the token, as `contentDigest` writes it. */
  readonly content_digest?: string;
}

/** How a request presents its access token. */
export interface Presented {
  readonly token: string;
  /** The place in which the token stood. A sender-constrained token is accepted as `dpop` only. */
  readonly scheme: 'bearer' | 'dpop' | 'token' | 'basic' | 'header';
  /** The values of all `DPoP` headers. */
  readonly proofs: readonly string[];
  readonly method: string;
  /** The whole URL in the form the client used, built from the configured public URL or gateway domain. */
  readonly url: string;
}

/** A judged request and its decision, which must be recorded durably before anything is sent. */
export interface DecidedCall {
  readonly request_id: string;
  /** The request as it came: what the decision is made from anew, if the call has to wait. */
  readonly canonical: Canonical;
  /** The connection's public URL in the form the request came by; no trailing slash. */
  readonly public_base: string;
  readonly resolved: Resolved;
  readonly decision: Decision;
  /** When the request arrived, or was last judged anew, milliseconds: what is shown of it is asked for after that. */
  readonly arrived?: number;
  /** The approval that the request names. */
  readonly approval_id?: string | undefined;
  /** Tells whether the client has gone: then the request uses nothing. */
  readonly isGone?: () => boolean;
}

/** A request for approval, as the caller is told of it. */
export interface ToldApproval {
  readonly approval_id: string;
  /** For a human. */
  readonly approval_url: string;
  /** For the holder of the token. */
  readonly status_url: string;
  /** Until when it can be approved, or used; RFC 3339. */
  readonly expires_at?: string;
}

/** A hold, as the caller is told of it. */
export interface ToldHold {
  readonly hold_id: string;
  /** For a human. */
  readonly hold_url: string;
  /** For the holder of the token. */
  readonly status_url: string;
  /** When it is sent, RFC 3339; absent where a human must release it first. */
  readonly executes_at?: string;
}

/** Why a call waits for a human, or does not wait any more. */
export interface WaitFacts {
  readonly code:
    | 'approval_required'
    | 'approval_pending'
    | 'approval_denied'
    | 'approval_expired'
    | 'approval_mismatch'
    | 'held';
  /** Why, as a part of a sentence. Absent: because of the rule that decided. */
  readonly why?: string;
  readonly approval?: ToldApproval;
  /** What waits for its time, for the code `held`. */
  readonly hold?: ToldHold;
  /** The parts of the request that are not what was approved. */
  readonly changed?: readonly PartName[];
  /** True if the approval is open: a request may stay and wait for it. */
  readonly open?: boolean;
  /** True if Writ has sent the request itself, as `hold`: the answer may be kept for its caller. */
  readonly sent?: boolean;
}

/** A call that waits for a human: recorded, and not sent. */
export class Waiting {
  readonly facts: WaitFacts;

  constructor(facts: WaitFacts) {
    this.facts = facts;
  }
}

/** A call that was refused before it could be decided: unknown operation, unresolved environment, not canonical ... */
export interface RefusalRecord {
  readonly request_id: string;
  /** The address of the sender, as in `Source`; empty if the peer was gone. */
  readonly address: string;
  readonly connection?: string;
  readonly caller?: Caller;
  readonly code: ErrorCode;
  readonly detail: string;
  /** The reason why the token or its proof was not accepted. Only the log tells it. */
  readonly reason?: string;
  /** The holder of a token that Writ made and that is refused now. */
  readonly holder?: TokenHolder;
  /** The operations that were judged before the refusal. */
  readonly operations: readonly (Operation | ResolvedOperation)[];
  /** The decision, if the call was refused because nothing covers it in any environment. */
  readonly decision?: Decision;
}

/** The reason for which the broker stops a request under way. */
export type StopReason = 'revoked' | 'frozen' | 'stopping';

/** The end of a forwarded request. */
export interface Outcome {
  /** The provider's status; absent when it never answered. */
  readonly status?: number;
  readonly result: 'answered' | 'unavailable' | 'unknown' | 'cut';
  /**
   * The reason for which an answer was cut off: `credential_echo`, `revoked`, `frozen`, `stopping`, `client_gone`, `redirect`, `encoded`,
   * `upstream_lost`.
   */
  readonly cut_reason?: string;
  readonly duration_ms: number;
}

/** A root credential, opened for one authorized request. The gateway sends what `sign` returns, and watches the answer for `secret`. */
export interface Credential {
  /** Returns the headers that carry the credential on this request. */
  sign(request: ProviderRequest): Promise<Signature>;
  /**
   * The root credential itself. An unchanged credential must be the same `Secret` object each time: the echo guard keeps its tables by that
   * object.
   */
  readonly secret: Secret;
}

/** An answer as its client would have got it. */
export interface KeptAnswer {
  readonly status: number;
  /** Alternating names and values, in the order in which they would have been sent. */
  readonly headers: readonly string[];
  /** Absent where the body is larger than what is kept. */
  readonly body?: Buffer;
}

/** What the rest of Writ does for one request whose access token was checked: each function is called once, in this order. */
export interface RequestPort {
  readonly caller: Caller;
  /**
   * Records the decision and waits until it is durable. Returns the proof for `allow`, and for a call that was approved before; `Waiting`
   * for one that a human is asked about; undefined for any other decision. Throws `WritError` when the record could not be written
   * (`unavailable`) or a revocation or freeze came first (`invalid_token`, `frozen`); `ClientGone`.
   */
  authorize(call: DecidedCall): Promise<Authorized | Waiting | undefined>;
  /**
   * Waits until an approval is no longer open, or `signal` ends that; may return early. What Writ sends itself is not for the client to send:
   * then it returns what the caller is told of that.
   */
  whenDecided(approval_id: string, signal: AbortSignal): Promise<WaitFacts | undefined>;
  /** What Writ has sent itself of these very bytes, within a day; undefined where it has not. */
  sentBefore(classified: Classified): Promise<WaitFacts | undefined>;
  /** The answer that is kept of that, once its delivery is recorded; undefined where there is none for this caller. */
  takeAnswer(taken: { readonly request_id: string; readonly hold_id: string }): Promise<KeptAnswer | undefined>;
  /** The same request with everything that decides read anew. Throws as `ConnectionPort.authenticate`. */
  again(): Promise<{ readonly connection: GatewayConnection; readonly requestPort: RequestPort }>;
  /** Opens the narrowest root credential that covers the reached environments; only after `authorize` returned a proof. */
  credential(): Promise<Credential>;
  /** Calls `cut` when the token is revoked or frozen, or the broker stops. Returns a function that ends this. */
  onStopped(cut: (reason: StopReason) => void): () => void;
  /** Flags the root credential, because the upstream echoed it. */
  echoed(): Promise<void>;
  /** Records how the request ended. Throws if that could not be recorded; the broker tries again by itself. */
  outcome(outcome: Outcome): Promise<void>;
}

/** What the rest of Writ does for one request before its token was checked, for one connection. */
export interface ConnectionPort {
  readonly slug: string;
  /** The provider, if the connection was looked up before. Reading it looks nothing up. */
  readonly provider: Provider | undefined;
  /**
   * Verifies, in memory, that Writ made the token for this connection, and that it has not expired: without one nothing is
   * looked up. `authenticate` checks whether it was revoked, and its binding. Throws `WritError`: `invalid_token`.
   */
  verify(presented: Pick<Presented, 'token' | 'scheme'>): Promise<void>;
  /** Looks the connection up, at the first call only. Returns undefined for a slug that no connection has. */
  find(): Promise<GatewayConnection | undefined>;
  /**
   * Checks the token of the request as everything stands now. Throws `WritError`: `connection_unknown`, `invalid_token`, `frozen`,
   * `task_ended`, `rate_limited`, `unavailable`; with `extras.holder` where the token was genuine.
   */
  authenticate(presented: Presented): Promise<RequestPort>;
}

/** What the gateway needs of the rest of Writ. */
export interface GatewayPorts {
  /** The headers besides `authorization` in which clients of any provider put their token, in lower case. */
  readonly tokenHeaders: readonly string[];
  now(): number;
  requestId(): string;
  /** Returns the port of a connection, whether or not it exists. Looks nothing up. */
  open(slug: string): ConnectionPort;
  /**
   * Records durably a refusal that came before a decision. Refusals without a caller may be counted together, since their number is not
   * bounded. Returns the error to answer with in place of this one, where it was one refusal too many.
   */
  refused(record: RefusalRecord): Promise<WritError | undefined>;
}
