import type { JsonObject } from '@writ/core';
import { z } from 'zod';
import { Rejection } from './rejection.ts';
import { parseStrictObject } from './strict-json.ts';

/** The largest JWT that is read, in bytes (model#access-token). */
export const MAX_TOKEN_BYTES = 8192;

/** Leeway for clocks that differ, in seconds (model#access-token). */
export const CLOCK_TOLERANCE = 30;

/** A JWS in compact form (RFC 7515 section 7.1) that was read but not verified. */
export interface UnverifiedJws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a compact JWS that can be read in one way only: at most 8 KiB, three segments of canonical base64url, header and payload
 * JSON objects in UTF-8 without duplicate members. Verifies nothing. Throws a `Rejection`.
 */
export function readCompact(token: string): UnverifiedJws {
  if (typeof token !== 'string') throw new Rejection('not_three_segments');
  if (token.length > MAX_TOKEN_BYTES) throw new Rejection('too_large');
  const [header, payload, signature, ...more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw new Rejection('not_three_segments');
  }
  decodeSegment(signature);
  return { header: objectOf(header), payload: objectOf(payload) };
}

/** The forbidden members: they carry a key, change what is signed, or require features that Writ does not have. */
const FORBIDDEN_HEADER = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'cty', 'enc', 'epk', 'p2c', 'p2s'];

/** Tells whether the header of a foreign token has a member that carries a key or changes how the token is read. */
export function hasForbiddenMember(header: JsonObject): boolean {
  return FORBIDDEN_HEADER.some((member) => Object.hasOwn(header, member));
}

/** A time in a foreign JWT (RFC 7519 section 2, NumericDate): seconds since 1970, which may have a fraction. */
export const numericDateSchema = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** The id of a JWT that is stored when it is used: text that a database can hold. */
export const jwtIdSchema = z
  .string()
  .min(1)
  .max(256)
  .refine((id) => !id.includes('\0'));

/** Returns the client id that a client assertion claims, without verifying it: to find the client whose keys verify it. */
export function peekClientId(assertion: string): string | undefined {
  try {
    const { sub, iss } = readCompact(assertion).payload;
    return typeof sub === 'string' && sub === iss && sub.length > 0 && sub.length <= 200 ? sub : undefined;
  } catch {
    return undefined;
  }
}

function objectOf(segment: string): JsonObject {
  const bytes = decodeSegment(segment);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Rejection('not_utf8');
  }
  return parseStrictObject(text);
}

/**
 * Decodes a segment. Node skips characters that are not base64url, and ignores unused low bits, so that many texts give the same bytes:
 * only one of them is accepted.
 */
function decodeSegment(segment: string): Uint8Array {
  const bytes = Buffer.from(segment, 'base64url');
  if (segment === '' || bytes.toString('base64url') !== segment) throw new Rejection('not_base64url');
  return bytes;
}
