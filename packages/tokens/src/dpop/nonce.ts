import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** The time for which a nonce is given out, in seconds. It is then accepted for the same time again. */
const STEP = 150;

/** The nonces of RFC 9449 section 8. */
export interface DpopNonces {
  /** Returns the nonce to send in `DPoP-Nonce` at a time (milliseconds). */
  issue(now: number): string;
  /** Tells whether a nonce was given out at most 300 s before. */
  accepts(nonce: string, now: number): boolean;
}

/**
 * Makes nonces that need no memory: each is a MAC of the time with a key that every broker has, so a nonce of one broker is good at
 * another.
 */
export function createDpopNonces(key: KeyObject): DpopNonces {
  const at = (step: number): string => createHmac('sha256', key).update(`dpop nonce ${step}`).digest('base64url');
  const stepOf = (now: number): number => Math.floor(now / 1000 / STEP);
  return {
    issue: (now) => at(stepOf(now)),
    accepts: (nonce, now) => [stepOf(now), stepOf(now) - 1].some((step) => equal(nonce, at(step))),
  };
}

function equal(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
