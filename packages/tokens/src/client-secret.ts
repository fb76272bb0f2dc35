import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BEARER_PREFIXES, type RandomBytes, Secret } from '@writ/core';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
/** The number of base-62 digits for 256 bits, and for 32 bits. */
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const SHAPE = new RegExp(`^${BEARER_PREFIXES.client_secret}[0-9A-Za-z]{${RANDOM_DIGITS + CHECKSUM_DIGITS}}$`);

/** Makes a client secret: `writ_cs_`, 256 random bits and their CRC-32, so that scanners can tell a real secret from a similar text. */
export function newClientSecret(randomBytes: RandomBytes): Secret {
  const random = BigInt(`0x${Buffer.from(randomBytes(RANDOM_BYTES)).toString('hex')}`);
  const body = base62(random, RANDOM_DIGITS);
  return new Secret(`${BEARER_PREFIXES.client_secret}${body}${checksum(body)}`, 'client secret');
}

/** Tells whether a text has the shape and checksum of a client secret. Such a secret need not exist. */
export function isClientSecret(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const body = text.slice(BEARER_PREFIXES.client_secret.length, -CHECKSUM_DIGITS);
  return checksum(body) === text.slice(-CHECKSUM_DIGITS);
}

/** Returns HMAC-SHA-256 of a client secret, hex, for the database. A secret of 256 random bits needs no slow hash (model#client-authentication). */
export function hashClientSecret(secret: Secret, pepper: KeyObject): string {
  return createHmac('sha256', pepper).update(secret.expose()).digest('hex');
}

/** Compares a presented client secret with a stored hash, in constant time. */
export function clientSecretMatches(
  presented: Secret,
  remembered: { readonly hash: string; readonly pepper: KeyObject },
): boolean {
  const hash = Buffer.from(hashClientSecret(presented, remembered.pepper), 'hex');
  const wanted = Buffer.from(remembered.hash, 'hex');
  return hash.length === wanted.length && timingSafeEqual(hash, wanted);
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
}
