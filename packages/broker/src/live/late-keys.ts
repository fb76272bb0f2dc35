/** A verifier that looks again for a key it does not know: another broker may sign with it before this one has heard of it. */
import { type AccessTokenVerifier, rejectionReason } from '@writ/tokens';
import type { KeyRing } from '../live.ts';

/** The least time between two readings of the keys for unknown kids, in milliseconds: anybody can make up a kid. */
const BETWEEN = 100;

/**
 * Wraps a verifier: a token of an unknown kid waits for a reading of the keys that begins after it came, and is then verified once more.
 * All that wait share one reading, so that made-up kids neither cost more readings nor keep a real new key from being found.
 */
export function withLateKeys(
  verifier: AccessTokenVerifier,
  { keys, now }: { readonly keys: Pick<KeyRing, 'reload'>; readonly now: () => number },
): AccessTokenVerifier {
  let looked = Number.NEGATIVE_INFINITY;
  let next: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const wait = Math.min(looked + BETWEEN - now(), BETWEEN);
    await (wait > 0 ? new Promise((resolve) => setTimeout(resolve, wait)) : undefined);
    next = undefined;
    looked = now();
    await keys.reload();
  };
  return {
    verify: async (token, expected) => {
      try {
        return await verifier.verify(token, expected);
      } catch (error) {
        if (rejectionReason(error) !== 'kid_unknown') throw error;
        next ??= look();
        await next;
        return await verifier.verify(token, expected);
      }
    },
    forgetKid: (kid) => verifier.forgetKid(kid),
    clear: () => verifier.clear(),
  };
}
