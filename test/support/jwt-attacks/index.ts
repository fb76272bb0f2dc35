/**
 * The JWT attacks every verifier must refuse, made from one JWT that it accepts: signed with ES256, so that only the attack is
 * wrong. Used on Writ's verifiers, and on a running broker.
 */
import { algorithmAttacks } from './algorithm.ts';
import { claimAttacks } from './claims.ts';
import { headerAttacks } from './header.ts';
import { jsonAttacks } from './json.ts';
import type { JwtAttack, SampleJwt } from './jwt.ts';
import { signatureAttacks } from './signature.ts';
import { encodingAttacks, structureAttacks } from './structure.ts';

export { encodePart, type JwtAttack, type SampleJwt, signEs256 } from './jwt.ts';

/** Every attack on a sample. */
export function jwtAttacks(sample: SampleJwt): JwtAttack[] {
  return [
    ...algorithmAttacks(sample),
    ...signatureAttacks(sample),
    ...headerAttacks(sample),
    ...structureAttacks(sample),
    ...encodingAttacks(sample),
    ...jsonAttacks(sample),
    ...claimAttacks(sample),
  ];
}
