/** The facts to which a data key is bound. They are not secret: a key management service may log them. */
export type WrapContext = Readonly<Record<string, string>>;

/** A key-encryption key that wraps data keys: a local file, or a key management service (model#sealing). */
export interface KeyWrapper {
  /** The id of the key-encryption key, which reveals nothing about the key. */
  readonly kekId: string;
  /** Wraps a data key of 32 bytes, bound to the context. */
  wrap(dek: Uint8Array, context: WrapContext): Promise<Uint8Array>;
  /** Returns a new copy of the data key, which the caller must zero. Throws for another context, another key, or changed bytes. */
  unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Uint8Array>;
  /** Checks that the key can be used now; throws if not. */
  healthy(): Promise<void>;
}
