import { type ClientAlgorithm, type ClientJwk, keyFits } from './client-jwks.ts';

/** Public keys whose private keys were deleted at once: nobody can sign for them. */
const DECOYS: readonly ClientJwk[] = [
  {
    kty: 'EC',
    kid: 'decoy',
    crv: 'P-256',
    x: '_Fo4m2bo9Oi3OyUoH4rjh_D1Sm9lvzgL4SwqNPnGlpg',
    y: 'pnAXiQYhZwjWLGgHra0rTtBPQ04hBD8Q9eW3ZfEV0DQ',
  },
  { kty: 'OKP', kid: 'decoy', crv: 'Ed25519', x: 'dqjGEdWdnUXKRuMYRnuA-siiemfMqvcOb7Fc-WUbGQU' },
  {
    kty: 'RSA',
    kid: 'decoy',
    n: 'tADInb_Tb3qBbRcVT7aZEpGNwy5bcT1BFje9E7eTUFe_MMySXH2lbBCjMwOVK32QPBDwl2fZduffqr_BQQ1A2IFzWgA4YuusES44Ld0nkldI41W1f-6B2SiCwE6dgNENhq4En6SeKW2e4ZnEosKGF2MVlgsedXvhTn4I9d5rq8RLfAAFVGINb5_tLvUJTwFs3z5zmqHJvNUOdUNoEzVvaIjAePAdueOJCQ_wEiovTTbZcvCjgUZ0pmrpCIxTrW04VkPJq9tXv41Q1lOhTZU6ljQFFf5FVIhfiJJW3PPjYZpxzW37wKiTy7HqcFQEoPBcyjaS7ccIU9kiiRSY5dzY1w',
    e: 'AQAB',
  },
];

/** Returns a key for checking a signature if there is no real key, so that the answer takes the same time. The check always fails. */
export function decoyKey(alg: ClientAlgorithm): ClientJwk {
  const key = DECOYS.find((decoy) => keyFits(decoy, alg));
  if (key === undefined) throw new TypeError(`no decoy for ${alg}`);
  return key;
}
