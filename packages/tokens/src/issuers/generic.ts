import type { CiSystem } from './ci-system.ts';

/** Any other issuer of OpenID Connect tokens. Its claims are not known: the author of the policy must know which of them are ids. */
export const generic: CiSystem = {
  id: 'generic',
  title: 'Another OpenID Connect issuer',
  issuer: { pattern: /^https:\/\/[^\s?#@]+$/, example: 'https://issuer.example.com' },
  audience: { default: 'unknown', refused: [], several: false },
  algorithms: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'],
  max_life: 3600,
  jwks_hosts: [],
  claims: [{ name: 'sub', kind: 'id', about: 'Whom the issuer vouches for, in its own words.' }],
  required: [],
  recommended: [{ any_of: ['sub'], because: 'without it the token is for everybody who has the pinned claims' }],
  refused: [],
  never_pin: [],
  replay: { rule: 'single_use' },
  obtain: 'See the documentation of the issuer; ask for the audience of the policy.',
  identity: {},
};
