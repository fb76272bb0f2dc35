import { type KeyObject, sign } from 'node:crypto';

/** A JWT that is accepted, and the key that signs it. */
export interface SampleJwt {
  readonly header: Readonly<Record<string, unknown>>;
  /** Holds `iss`, `sub`, `aud` (a text), `exp`, `iat` and `jti`. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly privateKey: KeyObject;
}

/** A named JWT that must be refused. */
export type JwtAttack = readonly [name: string, token: string];

/** Members by name. */
export type Json = Readonly<Record<string, unknown>>;
/** A header or payload: an object, or the very text or bytes. */
export type Part = Json | string | Uint8Array;

/** Encodes a part of a JWT: text and bytes as they are, anything else as JSON. */
export function encodePart(part: Part): string {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64url');
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Signs header and payload as they are given with ES256, also where the header says another. */
export function signEs256(parts: { readonly header: Part; readonly payload: Part }, key: KeyObject): string {
  const input = `${encodePart(parts.header)}.${encodePart(parts.payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** The object without one of its members. */
export const without = (object: Json, name: string): Json =>
  Object.fromEntries(Object.entries(object).filter(([member]) => member !== name));
