/**
 * The proof that a request was decided and that its audit event is durable. `vault` opens a root credential only for such a proof. Only
 * `broker/src/record/authorize.ts` may make one, which `test/invariants` checks.
 */
import type { ProviderRequest } from './pipeline.ts';

/** What an `Authorized` allows: to send these bytes, with a credential of this connection, to the address that they name. */
export interface AuthorizedValue {
  /** `request`: a client's call; `read`: the broker's own question to the provider. */
  readonly kind: 'request' | 'read';
  readonly connection_id: string;
  /** The origin of the connection, to which its root credentials are sealed. */
  readonly origin: string;
  /** The slugs of the reached environments, by which the credential is chosen. */
  readonly environments: readonly string[];
  readonly request_id: string;
  /** The sequence number of the audit event; absent for the broker's own reads, which are counted, not logged one by one. */
  readonly audit_seq?: number;
  readonly forward: ProviderRequest;
}

let newAuthorized: (value: AuthorizedValue) => Authorized;
let wasMade: (value: unknown) => value is Authorized;

/** A decided and audited request. Only `authorize` makes one. */
export class Authorized {
  readonly #value: AuthorizedValue;
  private constructor(value: AuthorizedValue) {
    this.#value = value;
  }
  static {
    newAuthorized = (value) => new Authorized(value);
    wasMade = (value): value is Authorized => typeof value === 'object' && value !== null && #value in value;
  }
  get value(): AuthorizedValue {
    return this.#value;
  }
}

/** Makes an `Authorized`; only for `broker/src/record/authorize.ts`. */
export const makeAuthorized = (value: AuthorizedValue): Authorized => newAuthorized(value);

/** Tells whether a value was made by `makeAuthorized`. `vault` checks this, because a cast must not be enough. */
export const isAuthorized = (value: unknown): value is Authorized => wasMade(value);
