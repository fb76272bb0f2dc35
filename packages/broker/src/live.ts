/**
 * The interfaces of what a broker keeps in memory as long as its process lives, as verbs see it. The code is in `live/`; `openLive` opens
 * all of it.
 */
import type { Authorized, ChainLink, Detail, Guardrail } from '@writ/core';
import type { ClientBudgets, GatewayConnection, Credential as OpenedCredential, RateLimit } from '@writ/gateway';
import type { Provider, Upstream } from '@writ/providers';
import type {
  AdmissionRow,
  Client,
  Connection,
  Credential,
  EffectOverride,
  EnvironmentRow,
  EpochVector,
  Freeze,
  Grant,
  Task,
} from '@writ/store';
import type {
  AccessTokenVerifier,
  IssuerKeys,
  KeyRecord,
  SigningAlgorithm,
  SigningKey,
  VerifiedAccessToken,
} from '@writ/tokens';
import type { BrokerEvent } from './event.ts';

/** The keys that sign access tokens, in memory. */
export interface KeyRing {
  /**
   * The key that signs now with an algorithm, by default ES256. Waits where the keys are known to have changed. Throws `WritError`
   * (`unavailable`) when there is none.
   */
  active(alg?: SigningAlgorithm): Promise<SigningKey>;
  /** A key as it is remembered; retired keys are not. */
  find(kid: string): KeyRecord | undefined;
  records(): readonly KeyRecord[];
  /** The algorithms for which a key signs. */
  algorithms(): readonly SigningAlgorithm[];
  /** To be called when the keys have changed: they are read anew before any of them signs again. */
  forget(): void;
  /** Reads them anew: a caller that asks while they are read waits for the next reading. */
  reload(): Promise<void>;
}

/** The root credentials of one connection. */
export interface CredentialBox {
  /** Opens the narrowest credential that covers the environments reached. Throws `WritError` (`conflict`) when none does. */
  open(authorized: Authorized): Promise<OpenedCredential>;
  /** The version of the credential that `open` would take; undefined when there is none. */
  versionFor(environments: readonly string[]): number | undefined;
}

/** A connection with everything its verbs need. */
export interface ConnectionState extends GatewayConnection {
  readonly row: Connection;
  readonly environment_rows: readonly EnvironmentRow[];
  readonly override_rows: readonly EffectOverride[];
  /** What owners admitted from the provider's live schema; `provider` has those that count. */
  readonly admission_rows: readonly AdmissionRow[];
  readonly credentials: readonly Credential[];
  /** A freeze in force on this connection alone. */
  readonly freeze: Freeze | undefined;
  /** Read before everything else of it: the record of a decision is conditional on it. */
  readonly epoch: number;
  /** Opens its root credentials, only for an `Authorized`. */
  readonly box: CredentialBox;
}

/** The live connections. */
export interface Connections {
  /** By slug; undefined when there is none. At most as old as the change feed allows. */
  get(slug: string): Promise<ConnectionState | undefined>;
  /** The provider of a connection that was once loaded: a slug is never used again, so this stays as it is. Asks nothing. */
  providerOf(slug: string): Provider | undefined;
  /** Remembers connections, so that `providerOf` knows them before they are used. */
  note(rows: readonly Pick<Connection, 'id' | 'slug' | 'provider'>[]): void;
  /** By slug, read now. Throws `WritError` (`not_found`). */
  require(slug: string): Promise<ConnectionState>;
  /** A view of the provider with one credential alone, and an inventory of its own: for verifying that credential. */
  probe(state: ConnectionState, credential: Credential): Upstream;
  forget(change: { readonly kind: string; readonly subject: string }): void;
  clear(): void;
}

/** A grant as far as tokens are issued by it. */
export type StandingGrant = Pick<Grant, 'id' | 'client_id' | 'scope' | 'max_ttl_seconds' | 'expires_at'>;

/** The holder of a valid access token, with the facts that decide about its requests. */
export interface TokenFacts {
  readonly client_id: string;
  readonly client: Client;
  readonly task: Task;
  readonly task_id: string;
  readonly jti: string;
  readonly kid: string;
  readonly aud: string;
  /** Outermost first; the caller's own client id is not in it. */
  readonly act_chain: readonly string[];
  /**
   * What bounds it besides its details: the grants of the client that the delegation began with, and what a human gave to the task; or none
   * where they do not survive delegation.
   */
  readonly grants: readonly StandingGrant[];
  /** True where it may be exchanged: every client it came through lets its grants survive that. */
  readonly delegable: boolean;
  /** Milliseconds. */
  readonly expires_at: number;
  readonly authorization_details: readonly Detail[];
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  /** Read before everything above: the record of a decision is conditional on them. */
  readonly epochs: EpochVector;
}

/** Loads token facts. */
export interface Callers {
  /**
   * The facts of a verified token, for one connection or for none. Throws `WritError`: `invalid_token`, `task_ended`, `frozen`,
   * `unavailable`.
   */
  facts(token: VerifiedAccessToken, at: { readonly connection_id?: string }): Promise<TokenFacts>;
  /** The same, read now: what is remembered is not used. */
  reload(token: VerifiedAccessToken, at: { readonly connection_id?: string }): Promise<TokenFacts>;
  /**
   * The same, read now, for a request that came at `as_of` (ms): what has expired since counts as good, what was revoked, ended by somebody
   * or frozen does not.
   */
  asOf(token: VerifiedAccessToken, at: { readonly connection_id: string; readonly as_of: number }): Promise<TokenFacts>;
  forget(change: { readonly kind: string; readonly subject: string }): void;
  clear(): void;
}

/** The facts that decide about a client's next token. */
export interface ClientFacts {
  readonly client: Client;
  readonly grants: readonly Grant[];
  readonly epochs: EpochVector;
}

/** A client in its present state, also a disabled one: the part that all of its tokens share. */
export interface ClientStanding {
  /** Undefined where there is none. */
  readonly client: Client | undefined;
  readonly grants: readonly Grant[];
  /** The link of the chain that its grants are, for a token. */
  readonly link: ChainLink;
  /** A freeze in force on it or on everything. */
  readonly freeze: Freeze | undefined;
  /** About how many bytes of the heap it takes. */
  readonly weight: number;
  readonly epochs: EpochVector;
}

/** Loads client facts. */
export interface ClientMemory {
  /** Throws `WritError`: `invalid_token` for a client that is not there or disabled, `frozen`. */
  facts(client_id: string): Promise<ClientFacts>;
  /** The client as it stood when these epochs were read, or later: what was remembered before a change is read anew. */
  standing(client_id: string, epochs: EpochVector): Promise<ClientStanding>;
  /** The guardrails in force when these epochs were read, or later; the same array while they are the same. */
  guardrails(epochs: EpochVector): Promise<readonly Guardrail[]>;
  /** The remembered facts, which may be out of date; asks no database. Undefined where no good client is remembered. */
  remembered(client_id: string): ClientFacts | undefined;
  /** Throws `WritError` (`frozen`) where the task is frozen. Read now: tasks are too many to be remembered. */
  refuseFrozenTask(task_id: string): Promise<void>;
  forget(change: { readonly kind: string; readonly subject: string }): void;
  clear(): void;
}

/** Counts refusals in bounded memory. A killed process loses the counts of its last minute, never what was recorded at once. */
export interface RefusalCounter {
  /**
   * Counts a refusal. Where it is an event of its own, returns when that is durable. Throws `WritError` (`unavailable`) where it could
   * not be recorded; it is counted all the same.
   */
  count(address: string, event: BrokerEvent): Promise<void>;
  /** Records the counts of minutes that are over. A count that cannot be recorded is kept. */
  flush(): Promise<void>;
  /** The same for the minute that is not over yet: at the end of the process. */
  close(): Promise<void>;
}

/** Whose request it is, and where it goes. */
export interface UnderwayFacts {
  readonly client_id: string;
  readonly task_id: string;
  /** The connection's slug. */
  readonly connection: string;
}

/** One request, from before its decision is recorded until its end is. */
export interface UnderwayRequest {
  readonly request_id: string;
  readonly facts: UnderwayFacts;
  /** A number of the log: the record of its decision comes after it. */
  readonly floor: number;
  /** Its end, where that could not be recorded yet. */
  readonly unrecorded: BrokerEvent | undefined;
  /** To be called when its decision was recorded in `seq` and it may be forwarded. */
  allowed(seq: number): void;
  /** To be called when its end is recorded, or it was never allowed. */
  end(): void;
  /** To be called when it has ended and that could not be recorded. */
  keep(unrecorded: BrokerEvent): void;
  /** To be called when it was not sent, but the record that allows it may be there. */
  doubt(): void;
}

/** The requests under way at one broker. */
export interface Underway {
  /** This process's own name, in the events of what it allowed. */
  readonly broker_id: string;
  /** To be called before a decision is recorded. Throws once the broker is stopping: a request that begins now could not end. */
  begin(request_id: string, facts: UnderwayFacts): UnderwayRequest;
  /** Requests that were not sent and may have been recorded as allowed. */
  doubtful(): readonly UnderwayRequest[];
  /** Requests that were allowed and have no recorded end. */
  open(): readonly UnderwayRequest[];
  /** The number of the log up to which everything this broker allowed has its recorded end. */
  settled(): number;
  /** Calls back when the broker stops; returns how to stop listening. */
  onStop(cut: (reason: 'stopping') => void): () => void;
  /** Lets no request begin any more, cuts off what is under way, and returns when all of it has ended, or after `limit` ms. */
  stop(limit: number): Promise<void>;
}

/** Sends one message to a URL (model#private-upstream), and returns the status of the answer. Throws `WritError` (`upstream_unavailable`). */
export type Post = (
  url: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
) => Promise<number>;

/** The end of the log, as streams of events follow it. */
export interface EventFeed {
  /** Returns where the log ends once that is after `seq`; `seq` itself when the signal is given. Throws `WritError` (`unavailable`). */
  after(seq: number, signal: AbortSignal): Promise<number>;
  /** Looks at once. */
  wake(): void;
  /** Takes a place for a stream of this session or client, and returns how to give it back. Throws `WritError` (`rate_limited`). */
  enter(who: string): () => void;
}

/** The process's memory. */
export interface Live {
  readonly events: EventFeed;
  readonly post: Post;
  readonly keys: KeyRing;
  readonly verifier: AccessTokenVerifier;
  /** The keys of foreign issuers, asked for by trust policies alone. */
  readonly issuers: IssuerKeys;
  readonly connections: Connections;
  readonly callers: Callers;
  readonly clients: ClientMemory;
  /** The gateway's requests that were allowed and have not ended. */
  readonly underway: Underway;
  /** The counter of refusals of strangers. */
  readonly refusals: RefusalCounter;
  /** What each client may cost, at all doors together: the gateway's, and that of every verb that judges. */
  readonly budgets: ClientBudgets;
  /** Token requests, by client and by the network of who has not proved to be one. */
  readonly tokenRate: RateLimit;
  /** Requests of an access token's holder to the self endpoints, per task. */
  readonly holderRate: RateLimit;
  /** False when the change feed has not confirmed for a second: then caches count as empty (invariant 8). */
  isFresh(): boolean;
  /** Forgets at once what one of this broker's own changes has made outdated, without waiting for the feed. */
  forget(keys: readonly { readonly scope: string; readonly subject: string }[]): void;
  /** Calls back for every change, of every broker; `undefined` when some may have been missed. Returns how to stop. */
  onChange(listener: (key: { readonly kind: string; readonly subject: string } | undefined) => void): () => void;
  close(): Promise<void>;
}
