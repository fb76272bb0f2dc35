import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '@writ/core';
import { decrypt, encrypt, IV_BYTES, TAG_BYTES } from './aead.ts';
import { bindingBytes } from './context.ts';
import type { KeyWrapper, WrapContext } from './key-wrapper.ts';

/** The length of a key-encryption key, and of every key derived from it, in bytes. */
export const KEY_BYTES = 32;

/** The purposes for which keys are derived. Each has its own key, so that a key that leaks from one use is useless for another. */
export type KeyPurpose =
  | 'client_secret'
  | 'session'
  | 'link'
  | 'password'
  | 'audit_digest'
  | 'cursor'
  | 'dpop_nonce'
  | 'passkey'
  | 'backup';

/** The salt of HKDF (RFC 5869 section 3.1). It is fixed, so that the same key file always gives the same keys. */
const SALT = Buffer.from('writ: salt of all derived keys 1');

/** A key-encryption key in the memory of this process. It wraps data keys, and gives the keys for everything that is only hashed. */
export class LocalKey implements KeyWrapper {
  readonly kekId: string;
  readonly #master: KeyObject;
  readonly #wrapping: KeyObject;
  /** The derived keys, each made at its first use: requests use the same few all the time. */
  readonly #derived = new Map<KeyPurpose, KeyObject>();
  readonly #randomBytes: RandomBytes;

  /** Copies the 32 bytes; the caller must zero its own copy. */
  constructor(master: Uint8Array, options: { readonly randomBytes: RandomBytes }) {
    if (master.length !== KEY_BYTES) throw new TypeError('a key-encryption key has 32 bytes');
    this.#master = createSecretKey(master);
    this.#wrapping = createSecretKey(derive(this.#master, 'wrap'));
    this.#randomBytes = options.randomBytes;
    this.kekId = `local_${derive(this.#master, 'key_id').subarray(0, 8).toString('hex')}`;
  }

  /** Returns the key of a purpose: HKDF-SHA-256, 32 bytes. */
  deriveKey(purpose: KeyPurpose): KeyObject {
    const known = this.#derived.get(purpose);
    if (known !== undefined) return known;
    const key = createSecretKey(derive(this.#master, purpose));
    this.#derived.set(purpose, key);
    return key;
  }

  async wrap(dek: Uint8Array, context: WrapContext): Promise<Uint8Array> {
    const iv = this.#randomBytes(IV_BYTES);
    const box = encrypt(dek, { key: this.#wrapping, iv, aad: bindingBytes('writ/wrap', context) });
    return Buffer.concat([box.iv, box.ct, box.tag]);
  }

  async unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Uint8Array> {
    if (wrapped.length !== IV_BYTES + KEY_BYTES + TAG_BYTES) throw new Error('wrong length of a wrapped key');
    const ct = wrapped.subarray(IV_BYTES, IV_BYTES + KEY_BYTES);
    const box = { iv: wrapped.subarray(0, IV_BYTES), ct, tag: wrapped.subarray(IV_BYTES + KEY_BYTES) };
    return decrypt(box, { key: this.#wrapping, aad: bindingBytes('writ/wrap', context) });
  }

  async healthy(): Promise<void> {}
}

function derive(master: KeyObject, purpose: KeyPurpose | 'wrap' | 'key_id'): Buffer {
  return Buffer.from(hkdfSync('sha256', master, SALT, `writ/v1/${purpose}`, KEY_BYTES));
}
