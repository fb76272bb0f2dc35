/** The argument of every verb: the services of the process, and who asks. */
import type { KeyObject } from 'node:crypto';
import type { AssertionKind, Role } from '@writ/api';
import type { ChainLink, Detail, Guardrail, RandomBytes } from '@writ/core';
import type { Provider } from '@writ/providers';
import type { AuditLog, Store } from '@writ/store';
import type { KeyPurpose, Vault } from '@writ/vault';
import type { Live } from './live.ts';

/** The part of the configuration that verbs need. */
export interface BrokerConfig {
  /** The issuer, without a trailing slash. */
  readonly publicUrl: string;
  /** `host:port` of upstreams on private addresses that may be dialled (model#private-upstream). */
  readonly privateUpstreams: readonly string[];
  /** True when upstreams on loopback and private addresses may be dialled without being listed: the public URL is loopback. */
  readonly publicUrlIsLoopback: boolean;
  /** True when proofs of possession must carry a nonce of ours (RFC 9449 section 8). Absent: they need none. */
  readonly dpopNonces?: boolean;
  /** The folder for the backups that Writ makes by itself; absent: it makes none. */
  readonly backupDir?: string;
}

/** Fields of a log line: names that the logger lists, values that hold no secret. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** The log: an event's name and plain fields; of an error only its name, code and stack. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, error: unknown, fields?: LogFields): void;
}

/** Hashes passwords, a bounded number at a time. */
export interface PasswordHasher {
  /** argon2id of a password; throws `unavailable` when too many wait already. */
  hash(password: string): Promise<string>;
  /** Compares in the same time for an unknown user (`undefined`): then always false. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** The key of a purpose: of the current key-encryption key, or of a replaced one, by its id. Throws `unavailable` where that was not kept. */
export type DeriveKey = (purpose: KeyPurpose, kek_id?: string) => KeyObject;

/** A mail: one receiver, plain text. `id` is the same each time the same message is sent. */
export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What a process is made with. `now` in milliseconds since 1970. */
export interface BaseServices {
  /** `default`: there is one (model#organization). */
  readonly organization_id: string;
  readonly store: Store;
  readonly audit: AuditLog;
  readonly vault: Vault;
  /** The id of the key-encryption key. */
  readonly kek_id: string;
  readonly deriveKey: DeriveKey;
  readonly hashing: PasswordHasher;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly config: BrokerConfig;
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
  /** Sends a mail, and throws where the server did not take it; absent where no mail server is set. */
  readonly mail?: (mail: Mail) => Promise<void>;
}

/** The services of the process. `live` is made of the others by `openLive`. */
export interface Services extends BaseServices {
  readonly live: Live;
}

/** A caller that is not known yet: at set-up, sign-in, one-time links and the token endpoint. */
export interface PublicActor {
  readonly kind: 'public';
}

/** A human with a session. */
export interface UserActor {
  readonly kind: 'user';
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly session_id: string;
  readonly session_client: 'browser' | 'cli';
  readonly authenticated_at: number;
}

/** An automation client with an access token for the admin API. `role` is at most `admin`, and at most its owner's. */
export interface AutomationActor {
  readonly kind: 'automation';
  readonly client_id: string;
  readonly role: Role;
  readonly owner_id: string;
  readonly task_id: string;
  readonly jti: string;
  /** What the proof that came with the token demands of the body. */
  readonly content_digest?: string;
}

/** The holder of an access token, at the self endpoints: its own task only. */
export interface TokenActor {
  readonly kind: 'token';
  readonly client_id: string;
  readonly task_id: string;
  readonly jti: string;
  readonly kid: string;
  readonly aud: string;
  readonly act_chain: readonly string[];
  readonly expires_at: number;
  readonly authorization_details: readonly Detail[];
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  /** True if the token is bound to a key, of which the request had a proof. */
  readonly is_bound: boolean;
  /** What the proof that came with the token demands of the body. */
  readonly content_digest?: string;
}

/** The broker itself: start, background work, the command on the machine. */
export interface SystemActor {
  readonly kind: 'system';
}

export type Actor = PublicActor | UserActor | AutomationActor | TokenActor | SystemActor;

/** An administrating actor: a user or an automation client, as a route for users gives it to its verb. */
export type AdminActor = UserActor | AutomationActor;

/** One request: who asks, from where, under which id. */
export interface RequestFacts<A extends Actor = Actor> {
  readonly actor: A;
  readonly request_id: string;
  /** The kind of the assertion that came with it and was good; absent where none did. */
  readonly asserted?: AssertionKind;
  /** The peer's IP address; empty for the system. */
  readonly address: string;
  /** What the peer says it is: foreign text. */
  readonly user_agent?: string;
}

/** The first argument of every verb. `Ctx<UserActor>` takes only a signed-in human. */
export type Ctx<A extends Actor = Actor> = Services & RequestFacts<A>;
