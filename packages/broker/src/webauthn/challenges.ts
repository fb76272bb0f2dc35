import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '@writ/core';
import { type Tx, useAssertion } from '@writ/store';
import type { Services } from '../context.ts';
import { CHALLENGE_LIFE } from './webauthn.ts';

/** A change as it was, or is to be, sent. `path` with its query; `body` without `assertion`. */
export interface AskedChange {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a proof by a passkey is for. A proof for one is none for any other. */
export type ChallengeFor =
  | { readonly for: 'session' }
  | { readonly for: 'register'; readonly session_id: string }
  | { readonly for: 'change'; readonly session_id: string; readonly change: AskedChange };

/** The parts of a challenge, in bytes: digest of what it is for, random, the moment it ends (milliseconds since 1970), MAC of these. */
const PARTS = { digest: 32, random: 32, ends: 8, mac: 32 } as const;
const SIGNED = PARTS.digest + PARTS.random + PARTS.ends;

/**
 * Makes a challenge: the digest of exactly what it is for, with the session that asked and 32 random bytes. It proves by itself that we
 * made it, and when: nothing is kept of it until a proof was good (model#stranger).
 */
export function makeChallenge(services: Services, purpose: ChallengeFor): Uint8Array {
  const random = services.randomBytes(PARTS.random);
  const ends = Buffer.alloc(PARTS.ends);
  ends.writeBigUInt64BE(BigInt(services.now() + CHALLENGE_LIFE));
  const signed = Buffer.concat([digestOf(purpose, random), random, ends]);
  return Buffer.concat([signed, macOf(services, signed)]);
}

/** A challenge that is ours, for this, and not over. `id` is for noting that it was used. */
export interface OpenChallenge {
  readonly id: string;
  readonly text: string;
  readonly ends_at: number;
}

/** Reads a challenge back; undefined for one that we did not make, that was for anything else, or that is over. */
export function openChallenge(services: Services, text: string, purpose: ChallengeFor): OpenChallenge | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== SIGNED + PARTS.mac || bytes.toString('base64url') !== text) return undefined;
  const signed = bytes.subarray(0, SIGNED);
  if (!timingSafeEqual(bytes.subarray(SIGNED), macOf(services, signed))) return undefined;
  const random = signed.subarray(PARTS.digest, PARTS.digest + PARTS.random);
  if (!timingSafeEqual(signed.subarray(0, PARTS.digest), digestOf(purpose, random))) return undefined;
  const ends_at = Number(signed.readBigUInt64BE(PARTS.digest + PARTS.random));
  if (ends_at <= services.now()) return undefined;
  return { id: random.toString('base64url'), text, ends_at };
}

/** Uses a challenge up; false where it was used before. */
export async function useChallenge(
  { organization_id }: Pick<Services, 'organization_id'>,
  tx: Tx,
  { id: jti, ends_at: expires_at }: OpenChallenge,
): Promise<boolean> {
  return await useAssertion(tx, { organization_id, issuer: 'passkey:', jti, expires_at });
}

function digestOf(purpose: ChallengeFor, random: Uint8Array): Uint8Array {
  const text = canonicalJson({ ...purpose, random: Buffer.from(random).toString('base64url') });
  return createHash('sha256').update(text).digest();
}

function macOf(services: Services, signed: Uint8Array): Buffer {
  return createHmac('sha256', services.deriveKey('passkey')).update(signed).digest();
}
