/**
 * Minting, verifying and JWKS, client authentication, DPoP, foreign issuers, token exchange, key rotation, OAuth metadata: the only
 * package that imports jose.
 * Never reads the clock, the network or the database by itself: they are arguments. Never takes a key from a token.
 */
export * from './access-token-claims.ts';
export * from './access-token-verifier.ts';
export * from './basic.ts';
export * from './client-assertion.ts';
export * from './client-jwks.ts';
export * from './client-secret.ts';
export * from './compact.ts';
export * from './dpop/challenge.ts';
export * from './dpop/hashes.ts';
export * from './dpop/nonce.ts';
export * from './dpop/proof.ts';
export * from './dpop/target.ts';
export * from './exchange/attenuate.ts';
export * from './exchange/grant-types.ts';
export * from './exchange/insufficient.ts';
export * from './exchange/introspection.ts';
export * from './exchange/request.ts';
export * from './exchange/resource.ts';
export * from './federation/discovery.ts';
export * from './federation/examine.ts';
export * from './federation/foreign-key.ts';
export * from './federation/match.ts';
export * from './federation/policy.ts';
export * from './federation/subject.ts';
export * from './federation/verify.ts';
export * from './issuers/ci-system.ts';
export * from './issuers/claim-path.ts';
export * from './issuers/systems.ts';
export * from './jwks.ts';
export * from './metadata.ts';
export * from './mint.ts';
export * from './rejection.ts';
export * from './rotation.ts';
export * from './signing-key.ts';
