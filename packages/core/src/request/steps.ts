/**
 * The steps' own values. Each class can be made only by the maker below it, and `test/invariants` allows each maker to
 * one file of the gateway: so a value of a later step proves that the earlier ones were taken.
 */
import type { Operation, ProviderRequest, ResolvedOperation } from './pipeline.ts';

let newCanonical: (request: ProviderRequest) => Canonical;
let newClassified: (value: ClassifiedValue) => Classified;
let newResolved: (value: ResolvedValue) => Resolved;

/** A request whose spelling is the only one it could have: no dot segments, no second meaning. */
export class Canonical {
  readonly #request: ProviderRequest;
  private constructor(request: ProviderRequest) {
    this.#request = request;
  }
  static {
    newCanonical = (request) => new Canonical(request);
  }
  get request(): ProviderRequest {
    return this.#request;
  }
}

/** What classifying a request gives. */
export interface ClassifiedValue {
  /** What will be sent: the re-serialised request that was judged. */
  readonly forward: ProviderRequest;
  /** Never empty. */
  readonly operations: readonly Operation[];
  /** The catalog they were judged by, hex. */
  readonly catalog_version: string;
}

/** A request of which every operation, argument and effect is known. */
export class Classified {
  readonly #value: ClassifiedValue;
  private constructor(value: ClassifiedValue) {
    this.#value = value;
  }
  static {
    newClassified = (value) => new Classified(value);
  }
  get forward(): ProviderRequest {
    return this.#value.forward;
  }
  get operations(): readonly Operation[] {
    return this.#value.operations;
  }
  get catalogVersion(): string {
    return this.#value.catalog_version;
  }
}

/** What resolving gives. */
export interface ResolvedValue {
  readonly classified: Classified;
  readonly operations: readonly ResolvedOperation[];
}

/** A classified request whose targets and reach the provider's own answers have settled. */
export class Resolved {
  readonly #value: ResolvedValue;
  private constructor(value: ResolvedValue) {
    this.#value = value;
  }
  static {
    newResolved = (value) => new Resolved(value);
  }
  get classified(): Classified {
    return this.#value.classified;
  }
  get operations(): readonly ResolvedOperation[] {
    return this.#value.operations;
  }
}

/** Only for `gateway/src/judge/canonicalise.ts`. */
export const makeCanonical = (request: ProviderRequest): Canonical => newCanonical(request);
/** Only for `gateway/src/judge/classify.ts`. */
export const makeClassified = (value: ClassifiedValue): Classified => newClassified(value);
/** Only for `gateway/src/judge/resolve.ts`. */
export const makeResolved = (value: ResolvedValue): Resolved => newResolved(value);
