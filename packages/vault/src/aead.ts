import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** Given on both sides: without it Node accepts a tag cut to 4 bytes. */
const OPTIONS = { authTagLength: 16 } as const;

/** Bytes of an IV. */
export const IV_BYTES = 12;
/** Bytes of an authentication tag. */
export const TAG_BYTES = 16;

/** What AES-256-GCM gives. */
export interface Box {
  readonly iv: Uint8Array;
  readonly ct: Uint8Array;
  readonly tag: Uint8Array;
}

/** The key (32 bytes) and what the box is bound to. */
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

/** Decrypts; throws when the key, the binding or any byte is another. The caller zeroes what it gets. */
export function decrypt(box: Box, use: BoxKey): Buffer {
  if (box.iv.length !== IV_BYTES || box.tag.length !== TAG_BYTES) throw new Error('wrong length of IV or tag');
  const decipher = createDecipheriv(ALGORITHM, use.key, box.iv, OPTIONS).setAAD(use.aad).setAuthTag(box.tag);
  const plaintext = decipher.update(box.ct);
  // GCM streams: `update` has given the whole text, but it is worth nothing before `final` has checked the tag.
  try {
    decipher.final();
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
  return plaintext;
}
