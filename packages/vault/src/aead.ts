import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** The options for both directions. Without `authTagLength` Node would accept a tag that was cut to 4 bytes. */
const OPTIONS = { authTagLength: 16 } as const;

/** The length of an IV in bytes. */
export const IV_BYTES = 12;
/** The length of an authentication tag in bytes. */
export const TAG_BYTES = 16;

/** The output of AES-256-GCM. */
export interface Box {
  readonly iv: Uint8Array;
  readonly ct: Uint8Array;
  readonly tag: Uint8Array;
}

/** The key (32 bytes) and the data to which the box is bound. */
export interface BoxKey {
  readonly key: Uint8Array | KeyObject;
  readonly aad: Uint8Array;
}

/** Encrypts with AES-256-GCM; the IV must never have been used with this key. */
export function encrypt(plaintext: Uint8Array, use: BoxKey & { readonly iv: Uint8Array }): Box {
  const cipher = createCipheriv(ALGORITHM, use.key, use.iv, OPTIONS).setAAD(use.aad);
  const ct = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv: use.iv, ct, tag: cipher.getAuthTag() };
}

/** Decrypts. Throws if the key, the binding or any byte differs. The caller must zero the result. */
export function decrypt(box: Box, use: BoxKey): Buffer {
  if (box.iv.length !== IV_BYTES || box.tag.length !== TAG_BYTES) throw new Error('wrong length of IV or tag');
  const decipher = createDecipheriv(ALGORITHM, use.key, box.iv, OPTIONS).setAAD(use.aad).setAuthTag(box.tag);
  const plaintext = decipher.update(box.ct);
  // GCM is a stream: `update` returns the whole text, but it must not be used before `final` has checked the tag.
  try {
    decipher.final();
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
  return plaintext;
}
