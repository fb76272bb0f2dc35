/**
 * Minting, verifying and JWKS, client authentication, DPoP, foreign issuers, token exchange, key rotation, OAuth metadata: the only package
 * that imports jose. Clock, network and database are arguments. A key in a token is never used, except in a DPoP proof.
 */
export { type AccessTokenClaims, accessTokenClaimsSchema, MAX_INLINE_DETAILS } from './access-token-claims.ts';
export {
  type AccessTokenVerifier,
  createAccessTokenVerifier,
  type VerifiedAccessToken,
} from './access-token-verifier.ts';
export { parseBasic } from './basic.ts';
export { CLIENT_ASSERTION_TYPE, verifyClientAssertion } from './client-assertion.ts';
export { type ClientJwks, checkClientJwks } from './client-jwks.ts';
export { clientSecretMatches, hashClientSecret, isClientSecret, newClientSecret } from './client-secret.ts';
export { peekClientId, readCompact } from './compact.ts';
export { type DpopError, dpopChallenge } from './dpop/challenge.ts';
export { contentDigest } from './dpop/hashes.ts';
export { createDpopNonces, type DpopNonces } from './dpop/nonce.ts';
export { DPOP_ALGORITHMS, type DpopResult, type ProofUse, verifyDpopProof } from './dpop/proof.ts';
export { attenuate } from './exchange/attenuate.ts';
export {
  approvalOfCode,
  canWait,
  DEFERRAL,
  type DeferredResponse,
  hashDeferralCode,
  newDeferralCode,
} from './exchange/deferred.ts';
export { GRANT_TYPES, TOKEN_TYPES } from './exchange/grant-types.ts';
export { INACTIVE, introspectionResponse } from './exchange/introspection.ts';
export { type ExchangeParameters, readExchange } from './exchange/request.ts';
export { parseResource } from './exchange/resource.ts';
export { createIssuerKeys, ISSUER_PAUSE, type IssuerFetch, type IssuerKeys } from './federation/discovery.ts';
export { examineSubjectToken, failedClaims } from './federation/examine.ts';
export type { ClaimCheck } from './federation/match.ts';
export { checkTrustPolicy, trustPolicyHints } from './federation/policy.ts';
export { CI_TOKEN_LIFE, ciSubject, isJobSubject } from './federation/subject.ts';
export { type VerifiedSubjectToken, verifyForNobody, verifySubjectToken } from './federation/verify.ts';
export { openFor, sealFor } from './file-key.ts';
export type { CiSystem } from './issuers/ci-system.ts';
export { ciSystem } from './issuers/systems.ts';
export { activeKey, jwksDocument, type KeyRecord, type KeyState } from './jwks.ts';
export {
  type AuthorizationServer,
  authorizationServerMetadata,
  openidConfiguration,
  protectedResourceMetadata,
  withFeatures,
} from './metadata.ts';
export { mintAccessToken } from './mint.ts';
export { Rejection, type RejectionReason, rejectionReason } from './rejection.ts';
export { compromise, planRotation, type RotatableKey, type RotationStep, rotateNow } from './rotation.ts';
export {
  generateSigningKey,
  openSigningKey,
  type PublicJwk,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from './signing-key.ts';
