/**
 * The names of the Deferred Token Response (draft-gerber-oauth-deferred-token-response-00), by which a client waits for a human, and its
 * codes. The draft may change: nothing else spells these names.
 */
import { BEARER_PREFIXES, isId, type RandomBytes, Secret, sha256Hex } from '@writ/core';

/** The parameters of a token request that are about waiting. */
export const DEFERRAL = { mode: 'completion_mode', code: 'deferral_code' } as const;

/** The value of `completion_mode` by which a client says that it can wait. */
const DEFERRED_MODE = 'deferred';

/** Tells whether a client can wait: `completion_mode` is a list, of which unknown members mean nothing. */
export function canWait(completion_mode: string | undefined): boolean {
  return completion_mode?.split(' ').includes(DEFERRED_MODE) === true;
}

/** The first answer to a request that waits for a human. `expires_in` and `interval` in seconds. */
export interface DeferredResponse {
  readonly deferral_code: string;
  readonly expires_in: number;
  readonly interval: number;
  /** Where a human looks at it. Opening it changes nothing. */
  readonly interaction_uri: string;
}

/** How many random bytes a code has. */
const CODE_BYTES = 32;

/** `writ_dc_`, what follows the prefix of the approval's id, and 256 random bits: only characters that a form leaves as they are. */
const CODE = new RegExp(`^${BEARER_PREFIXES.deferral_code}([0-9a-z]{26})_[A-Za-z0-9_-]{43}$`);

/** Makes a code for an approval. Only its hash is kept (`hashDeferralCode`). */
export function newDeferralCode(approval_id: string, randomBytes: RandomBytes): Secret {
  const random = Buffer.from(randomBytes(CODE_BYTES)).toString('base64url');
  return new Secret(`${BEARER_PREFIXES.deferral_code}${approval_id.replace('apr_', '')}_${random}`, 'deferral code');
}

/** The approval that a text is a code of, if it is one; whether the code is good shows its hash alone. */
export function approvalOfCode(text: string): string | undefined {
  const id = `apr_${CODE.exec(text)?.[1] ?? ''}`;
  return isId('approval', id) ? id : undefined;
}

/** The hash by which a code is kept and found, hex. With 256 random bits it needs neither salt nor key. */
export function hashDeferralCode(code: string): string {
  return sha256Hex(code);
}
