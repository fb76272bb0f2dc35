/** Verifies proofs of possession by this broker's clock, nonces and database (RFC 9449). */
import { hash } from 'node:crypto';
import { useAssertion } from '@writ/store';
import { createDpopNonces, type DpopNonces, type DpopResult, type ProofUse, verifyDpopProof } from '@writ/tokens';
import type { Services } from '../context.ts';

/** A proof, and the request that it must be made for. */
export interface ShownProof {
  readonly proof: string;
  readonly method: string;
  /** The request's URL by the configured public URL, never by `Host`. */
  readonly htu: string;
  readonly accessToken?: string;
  readonly acceptsDigest: (digest: string) => boolean;
  /**
   * Called last, just before the proof is recorded as used. It throws where the token is not good, so that only a sender with a
   * good token causes a write to the database.
   */
  readonly beforeUse?: (jkt: string) => Promise<void>;
}

/**
 * Verifies a proof and uses it up: of any number of the same, on any broker, one is accepted. Throws what `beforeUse` throws, and
 * `unavailable`.
 */
export function checkProof(services: Services, shown: ShownProof): Promise<DpopResult> {
  const { beforeUse, ...proof } = shown;
  const nonces = noncesOf(services);
  return verifyDpopProof(proof.proof, {
    ...proof,
    now: services.now(),
    ...(nonces && { acceptsNonce: (nonce: string) => nonces.accepts(nonce, services.now()) }),
    useOnce: async (use) => {
      await beforeUse?.(use.jkt);
      return await remember(services, use);
    },
  });
}

/** The nonce to send along; undefined where none is demanded. */
export function nextNonce(services: Services): string | undefined {
  return noncesOf(services)?.issue(services.now());
}

/** The key is derived from the key-encryption key, so that every broker of a database takes the nonces of the others. */
function noncesOf({ config, deriveKey }: Services): DpopNonces | undefined {
  return config.dpopNonces === true ? createDpopNonces(deriveKey('dpop_nonce')) : undefined;
}

/** Client ids have no colon, so a proof never uses up a client's assertion. The id is hashed: it may be any text. */
function remember({ store, organization_id }: Services, { jkt, jti, expires_at }: ProofUse): Promise<boolean> {
  const id = hash('sha256', jti, 'base64url');
  return useAssertion(store.db, { organization_id, issuer: `dpop:${jkt}`, jti: id, expires_at });
}
