import crypto from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** Returns the SHA-256 of bytes, or of a text in UTF-8, in lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return oneShot('sha256', data, 'hex');
}

/** Returns the SHA-256 of bytes, or of a text in UTF-8. */
export function sha256(data: string | Uint8Array): Uint8Array {
  return oneShot('sha256', data, 'buffer');
}

/** The hash function in one call, which makes no stream. Node 20 has it since 20.12, and the command line also runs on older versions. */
const oneShot: typeof crypto.hash = Reflect.get(crypto, 'hash') ?? inSteps;

function inSteps(
  algorithm: string,
  data: string | NodeJS.ArrayBufferView,
  encoding: 'hex' | 'buffer',
): string | Buffer {
  const hash = crypto.createHash(algorithm).update(data);
  return encoding === 'buffer' ? hash.digest() : hash.digest(encoding);
}

/** Returns the SHA-256 of the canonical JSON (RFC 8785) of a value, in lower-case hex. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
