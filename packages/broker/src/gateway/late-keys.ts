/** A verifier that looks for a key it does not know: another broker may sign with it before this one has heard of it. */
import { type AccessTokenVerifier, rejectionReason } from '@writ/tokens';
import type { KeyRing } from '../oauth/key-ring.ts';

/** How long after a look the next one for an unknown key waits, milliseconds: anybody can make up a kid. */
const BETWEEN = 100;

/** Wraps a verifier: on an unknown kid the keys are read anew, once in a while, and the token is verified once more. */
export function withLateKeys(
  verifier: AccessTokenVerifier,
  { keys, now }: { readonly keys: KeyRing; readonly now: () => number },
): AccessTokenVerifier {
  let looked = 0;
  return {
    verify: async (token, expected) => {
      try {
        return await verifier.verify(token, expected);
      } catch (error) {
        if (rejectionReason(error) !== 'kid_unknown' || now() - looked < BETWEEN) throw error;
        looked = now();
        await keys.reload();
        return await verifier.verify(token, expected);
      }
    },
    forgetKid: (kid) => verifier.forgetKid(kid),
    clear: () => verifier.clear(),
  };
}
