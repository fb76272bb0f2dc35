import { createHash } from 'node:crypto';
import { isJsonObject } from '@writ/core';
import type { Box } from './aead.ts';
import { fromBase64Url, toBase64Url } from './bytes.ts';
import { SEAL_VERSION } from './context.ts';

/** A sealed secret as the database stores it: plain JSON; bytes are base64url without padding. */
export type Sealed = {
  readonly v: number;
  readonly kek_id: string;
  readonly wrapped_dek: string;
  readonly iv: string;
  readonly ct: string;
  readonly tag: string;
  /** The SHA-256 of the binding. By it the log can tell a swapped row from a damaged one. */
  readonly aad_hash: string;
};

/** A sealed secret whose bytes were decoded. */
export interface SealedParts {
  readonly kekId: string;
  readonly wrappedDek: Uint8Array;
  readonly box: Box;
}

/** Returns the SHA-256 of the additional authenticated data. */
function hashOf(aad: Uint8Array): string {
  return toBase64Url(createHash('sha256').update(aad).digest());
}

/** Writes a sealed record. */
export function writeSealed(parts: SealedParts, aad: Uint8Array): Sealed {
  return {
    v: SEAL_VERSION,
    kek_id: parts.kekId,
    wrapped_dek: toBase64Url(parts.wrappedDek),
    iv: toBase64Url(parts.box.iv),
    ct: toBase64Url(parts.box.ct),
    tag: toBase64Url(parts.box.tag),
    aad_hash: hashOf(aad),
  };
}

/** Reads a sealed record from the database; throws for anything that `writeSealed` would not write for this binding. */
export function readSealed(sealed: unknown, aad: Uint8Array): SealedParts {
  if (!isJsonObject(sealed) || sealed['v'] !== SEAL_VERSION) throw new Error('not a sealed record of this format');
  if (sealed['aad_hash'] !== hashOf(aad)) throw new Error('sealed for something else');
  const [wrappedDek, iv, ct, tag] = ['wrapped_dek', 'iv', 'ct', 'tag'].map((name) => fromBase64Url(sealed[name]));
  const kekId = sealed['kek_id'];
  if (!wrappedDek || !iv || !ct || !tag || typeof kekId !== 'string') throw new Error('damaged sealed record');
  return { kekId, wrappedDek, box: { iv, ct, tag } };
}
