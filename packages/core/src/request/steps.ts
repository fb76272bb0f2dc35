/**
 * The values of the steps. Only its maker function can make an object of a class, and `test/invariants` allows each maker in one file of
 * the gateway. So a value of a later step proves that the earlier steps were done.
 */
import type { Operation, ProviderRequest, ResolvedOperation } from './pipeline.ts';

let newCanonical: (request: ProviderRequest) => Canonical;
let newClassified: (value: ClassifiedValue) => Classified;
let newResolved: (value: ResolvedValue) => Resolved;

/** A request in its only possible spelling: without dot segments, without a second meaning. */
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

/** The result of classifying a request. */
export interface ClassifiedValue {
  /** The request that will be sent: the judged one, serialised again. */
  readonly forward: ProviderRequest;
  /** The operations; never empty. */
  readonly operations: readonly Operation[];
  /** The version of the catalog by which they were judged, in hex. */
  readonly catalog_version: string;
}

/** A request whose operations, arguments and effects are all known. */
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

/** The result of resolving a request. */
export interface ResolvedValue {
  readonly classified: Classified;
  readonly operations: readonly ResolvedOperation[];
}

/** A classified request whose targets and reach are known from the provider's own answers. */
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

/** Makes a `Canonical`; only for `gateway/src/judge/canonicalise.ts`. */
export const makeCanonical = (request: ProviderRequest): Canonical => newCanonical(request);
/** Makes a `Classified`; only for `gateway/src/judge/classify.ts`. */
export const makeClassified = (value: ClassifiedValue): Classified => newClassified(value);
/** Makes a `Resolved`; only for `gateway/src/judge/resolve.ts`. */
export const makeResolved = (value: ResolvedValue): Resolved => newResolved(value);
