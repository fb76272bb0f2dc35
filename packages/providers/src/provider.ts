/**
 * What a provider is: data plus a few functions (model#provider). One folder and one line in the registry each.
 */
import type {
  Canonical,
  Classified,
  ClassifiedValue,
  ClientKind,
  Described,
  Effect,
  Environment,
  EnvironmentSelector,
  JsonObject,
  Operation,
  Problem,
  ProviderRequest,
  Resolved,
  ResolvedValue,
  Resource,
  Secret,
} from '@writ/core';
import type { CatalogOperation, Preset } from './operation.ts';
import type { Selectable, Selectors } from './selectors.ts';

/** The arguments of signing. `now` in milliseconds. */
export interface SigningContext {
  readonly secret: Secret;
  readonly now: () => number;
}

/** The headers that a credential adds to a request, names in lower case. They take the place of the request's own. */
export type Signature = readonly { readonly header: string; readonly value: Secret }[];

/** A kind of root credential: the form of its value, and how it is put on a request. */
export interface CredentialKind {
  readonly kind: string;
  readonly title: string;
  /** What it is good for at the provider, in words that go on after "good for". */
  readonly goodFor: string;
  /** How narrow it is among the kinds of its provider: 1 is the narrowest. */
  readonly narrowness: number;
  /** How a person makes the narrowest one of this kind, step by step, and where. */
  readonly steps: readonly string[];
  readonly url: string;
  /** Tells whether a value has the form of this kind. One that has not is refused when it is given, before the provider is asked. */
  looksRight(value: string): boolean;
  /**
   * The headers that put it on one request, which was judged and recorded: a header with it, a signature over the request, a token made
   * for it.
   */
  sign(request: ProviderRequest, context: SigningContext): Promise<Signature>;
}

/** A fact the owner recorded for one connection: effects may be raised or given to unknown operations, never lowered. */
export type EffectOverrides = ReadonlyMap<string, Effect>;

/** One name of the provider's live schema that an owner reviewed for one connection. */
export interface Admission {
  /** A name as selectors write it: that of the new operation or field, or of the operation that takes the new argument. */
  readonly operation: string;
  /** Empty for an operation or field; else the path of a new argument, `input.x`, or `input.x=VALUE` for a new value of an enum. */
  readonly part: string;
  readonly effect: Effect;
  /** The part of the schema that the owner saw, in the provider's own terms. The admission does not count for another shape. */
  readonly shape: JsonObject;
}

/** The provider's live schema, read and found to be valid. It changes nothing that the catalog knows. */
export interface LiveSchema {
  /** SHA-256 of the facts, hex. */
  readonly digest: string;
  readonly facts: JsonObject;
  /** The provider's descriptions by name, inert and cut: for people to read; nothing is judged by them. */
  readonly descriptions: Readonly<Record<string, string>>;
}

/** A name that the live schema has and the catalog lacks. */
export interface NewName {
  readonly kind: 'operation' | 'field' | 'argument';
  /** As `Admission.operation` has it. */
  readonly name: string;
  /** As `Admission.part` has it. */
  readonly part: string;
  /** As the provider's schema language writes it. */
  readonly type: string;
  readonly description?: string;
  /** The mildest effect that an owner may give it. */
  readonly least: Effect;
  /** The reason why it cannot be admitted; absent where it can. */
  readonly refused?: string;
}

/** How a live schema differs from the catalog. */
export interface SchemaDifference {
  readonly new: readonly NewName[];
  /** Names that the catalog has and the live schema lacks. */
  readonly missing: readonly string[];
  /** Names that both have, with different types. */
  readonly changed: readonly string[];
}

/** A question the provider is asked on Writ's own behalf: read only, and listed by the provider's folder. */
export interface Question {
  /** Stable name, for audit and tests: `inventory.environment`. */
  readonly name: string;
  readonly request: ProviderRequest;
}

/** What a provider answered to a question, whole and unchanged. What it means is judged in the provider's folder. */
export interface Answer {
  /** May be that of a redirect: none is followed. */
  readonly status: number;
  /** Names in lower case; the values of one that came several times are joined by commas (RFC 9110 section 5.3). No cookies. */
  readonly headers: ReadonlyMap<string, string>;
  /** Not encoded, and at most 16 MiB. */
  readonly body: Uint8Array;
}

/**
 * Sends a question with the root credential and returns the answer, of any status. Throws `WritError`: `upstream_unavailable` for silence
 * and for an answer that breaks off, is too long, comes encoded, or holds the root credential.
 */
export type Ask = (question: Question) => Promise<Answer>;

/** The identity and the reach of a root credential, in plain text; shown by `verify`. */
export interface Identity {
  readonly identity: string;
  readonly reach: readonly string[];
}

/** An environment as the provider lists it. */
export interface ProviderEnvironment extends Selectable {
  readonly ephemeral: boolean;
  /** The selector that a Writ environment for it would have. Import makes one environment of all that have the same selector. */
  readonly selector: EnvironmentSelector;
  /** The name that import gives it, from the outside in: each part becomes a label of the slug. A part that is obvious is left out. */
  readonly labels: readonly string[];
}

/** One item of the inventory. */
export interface InventoryItem {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** The provider's environments it lies in; empty for what lies outside any. */
  readonly environments: readonly Pick<ProviderEnvironment, 'id' | 'members'>[];
  /** `kind:id` of everything it lies in. */
  readonly within: readonly string[];
  readonly facts: JsonObject;
}

/** The facts of a connection that resolving needs. */
export interface ConnectionFacts {
  readonly id: string;
  readonly slug: string;
  readonly environments: readonly Environment[];
}

/** The arguments from which a live connection to a provider is made. `now` in milliseconds. */
export interface UpstreamDeps {
  readonly ask: Ask;
  readonly now: () => number;
  /** Called with whether the provider accepts the root credential, after each answer that tells it. */
  readonly credential?: (accepted: boolean) => Promise<void>;
}

/** The client that asks: ids looked up in vain are limited for each client. */
export interface ResolveContext {
  readonly connection: ConnectionFacts;
  readonly client_id: string;
  /** When the request arrived, milliseconds: knowledge for `destroy` and `escalate` must be newer. */
  readonly arrived: number;
}

/** A provider as seen through one connection: holds its inventory. Made anew when the credential changes. */
export interface Upstream {
  /**
   * Settles targets and reach. Throws `WritError('environment_unresolved')` for an id that cannot be resolved, siblings that
   * disagree, a reached provider environment that nobody has added, or a silent provider.
   */
  resolve(classified: Classified, context: ResolveContext): Promise<ResolvedValue>;
  /**
   * What a human is shown of these operations (model#blast-radius), as the provider says after the request arrived. Throws
   * `environment_unresolved` or `upstream_unavailable` for a silent provider.
   */
  describe(resolved: Resolved, context: ResolveContext): Promise<Described>;
  /** Drops the knowledge that a call may have changed: called when the call is sent, and again when it has ended. */
  forwarded(operations: readonly Operation[]): void;
  identify(): Promise<Identity>;
  environments(): Promise<readonly ProviderEnvironment[]>;
  inventory(): Promise<readonly InventoryItem[]>;
  /** Reads the provider's live schema. Throws `upstream_unavailable` where the provider is silent or answers no schema. */
  liveSchema(): Promise<LiveSchema>;
}

/** The facts of a refused request that decide how its refusal is written. */
export interface RefusedRequest {
  readonly method: string;
  /** The provider path as it came; empty where none was found. */
  readonly path: string;
  /** Every `Accept` header, joined by commas. */
  readonly accept: string;
  /** The media type of its body; empty where it names none. */
  readonly content_type: string;
  /** The kind of the client that holds the token; undefined without a good token. */
  readonly client_kind: ClientKind | undefined;
  /** True once the request was read whole and has one spelling: the refusal is then about what it asks for. */
  readonly read: boolean;
}

/** A refusal in the provider's own shape, so that its own clients print our reason. */
export interface Denial {
  readonly content_type: string;
  readonly body: string;
  /** The status with which the provider's API refuses; absent where it is that of the code. */
  readonly status?: number;
}

/**
 * What a provider's API uses of HTTP beyond a path, parameters that come once, and a body that is judged whole. A request that uses more is
 * refused. What is listed here reaches `classify` in one spelling, and must be judged there.
 */
export interface WireRules {
  /** True where a segment of a path may hold an encoded slash, which the provider reads as a part of the segment. */
  readonly encoded_slash?: boolean;
  /** Brackets in names of query parameters, raw or encoded; `repeated`: those whose name ends in `[]` may come more than once. */
  readonly brackets?: 'once' | 'repeated';
  /** Names of query parameters that may come more than once. */
  readonly repeated_parameters?: ReadonlySet<string>;
  /** True where bodies may be `multipart/form-data`. */
  readonly multipart?: boolean;
  /** Operations whose redirect reaches the client, its `Location` rewritten. None is ever followed. */
  readonly redirects?: ReadonlySet<string>;
  /** Response headers that pass besides the usual ones; lower case. */
  readonly response_headers?: ReadonlySet<string>;
}

/** A kind of upstream. */
export interface Provider {
  readonly id: string;
  readonly title: string;
  /** Every host the provider serves: injection and enforcement use the same list. */
  readonly hosts: readonly string[];
  readonly defaultBaseUrl: string;
  /**
   * Base URLs of its API besides that of the connection, without a trailing slash, by the name that `classify` gives as `forward.at`
   * (uploads at a host of their own). They are the only other places that the root credential goes to (invariant 9), and only from a
   * connection to the provider itself: one with a base URL of its own, a stand-in or a proxy, has none.
   */
  readonly otherBaseUrls?: Readonly<Record<string, string>>;
  /** The environment variables from which unmodified tools read a token and a base URL. */
  readonly envVars: { readonly token: readonly string[]; readonly baseUrl: readonly string[] };
  readonly credentialKinds: readonly CredentialKind[];
  /** The default kind of root credential. */
  readonly usualCredentialKind: string;
  /** A first request to try: a read of what lies outside any environment. `graphql`: the path takes GraphQL documents, and `body` holds one. */
  readonly example: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly graphql: boolean;
    readonly body: string | null;
  };
  /** Lower case, besides `authorization`: where the provider's clients put their token. */
  readonly tokenHeaders: readonly string[];
  readonly headers: { readonly meaningful: readonly string[]; readonly volatile: readonly string[] };
  readonly wire: WireRules;
  /**
   * Names of the questions that reveal what is secret or opaque. What they return leaves the provider's folder only hidden. Absent: none.
   */
  readonly revealing?: ReadonlySet<string>;
  /** The kinds that may stand in a `kind:id` of `resources`. */
  readonly resourceKinds: readonly string[];
  /** The selectors: what an environment of a connection stands for. */
  readonly selectors: Selectors;
  /** The provider's words for its places, in the singular. */
  readonly places: { readonly environment: string; readonly ephemeral: string; readonly container: string };
  readonly catalogVersion: string;
  readonly operations: readonly CatalogOperation[];
  /** What people often grant, ready to be taken. */
  readonly presets: readonly Preset[];
  /** Throws `WritError`: `operation_unknown`, `request_not_understood`, `not_supported`, `request_too_large`. */
  classify(canonical: Canonical, overrides: EffectOverrides): ClassifiedValue;
  /** True where `path` names an argument of the operation that a condition may use. */
  hasArgument(operation: string, path: string): boolean;
  /** The resources that an operation's arguments name, for a refusal before the provider is asked: not looked up. */
  names?(operation: Operation): readonly Pick<Resource, 'kind' | 'id'>[];
  /** This provider for a connection whose owner admitted these names; a name that the catalog has by now changes nothing. */
  admitting(admissions: readonly Admission[]): Provider;
  compareSchema(live: LiveSchema): SchemaDifference;
  /**
   * The shape in which a new name of a live schema would be admitted, by operation and part; `undefined` where the schema has no such
   * name.
   */
  shapeOf(live: LiveSchema, name: Pick<Admission, 'operation' | 'part'>): JsonObject | undefined;
  deny(problem: Problem, refused: RefusedRequest): Denial;
  connect(deps: UpstreamDeps): Upstream;
}
