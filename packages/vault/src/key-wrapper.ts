/** What a data key is bound to. Not secret: a key management service may log it. */
export type WrapContext = Readonly<Record<string, string>>;

/** Wraps data keys with a key-encryption key: a local file, or a key management service (model#sealing). */
export interface KeyWrapper {
  /** Names the key-encryption key without telling anything about it. */
  readonly kekId: string;
  /** Wraps a data key of 32 bytes, bound to the context. */
  wrap(dek: Uint8Array, context: WrapContext): Promise<Uint8Array>;
  /** Returns a fresh copy of the data key, which the caller zeroes. Throws for another context, another key, or changed bytes. */
  unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Uint8Array>;
  /** Resolves when the key can be used now; throws otherwise. */
  healthy(): Promise<void>;
}
