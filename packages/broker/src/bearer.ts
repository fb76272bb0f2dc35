import { createHmac } from 'node:crypto';
import { BEARER_PREFIXES, Secret } from '@writ/core';
import type { Services } from './context.ts';

/** The kinds of bearer: random texts that are handed out once and kept only as a hash. */
export type BearerKind = 'setup' | 'link' | 'session';

/** Makes a bearer: its prefix and 256 random bits in base64url. */
export function makeBearer(services: Services, kind: BearerKind): Secret {
  const random = Buffer.from(services.randomBytes(32)).toString('base64url');
  return new Secret(`${BEARER_PREFIXES[kind]}${random}`, kind);
}

/** What the database keeps of a bearer: its HMAC under a key that is not in the database. */
export function hashBearer(services: Services, kind: BearerKind, token: string): string {
  const key = services.deriveKey(kind === 'session' ? 'session' : 'link');
  return createHmac('sha256', key).update(`${kind}:${token}`).digest('hex');
}
