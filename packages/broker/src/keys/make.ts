import type { NewSigningKey } from '@writ/store';
import { generateSigningKey, type SigningAlgorithm } from '@writ/tokens';
import type { BaseServices } from '../context.ts';

/** A new key pair as it is stored, its private half sealed; only its state and times are missing. */
export type SealedKey = Pick<NewSigningKey, 'organization_id' | 'kid' | 'alg' | 'public_jwk' | 'sealed_private'>;

/** Makes a key pair and seals it. */
export async function makeKey(
  { vault, organization_id }: Pick<BaseServices, 'vault' | 'organization_id'>,
  alg: SigningAlgorithm,
): Promise<SealedKey> {
  const { kid, public_jwk, private_key } = await generateSigningKey(alg);
  const sealed_private = await vault.sealSigningKey(private_key, { organization_id, kid });
  return { organization_id, kid, alg, public_jwk: { ...public_jwk }, sealed_private };
}
