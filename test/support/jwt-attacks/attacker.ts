import { generateKeyPairSync } from 'node:crypto';

/** Key pairs of every kind that no verifier knows. */
export function attacker() {
  return {
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ed25519: generateKeyPairSync('ed25519'),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
}
