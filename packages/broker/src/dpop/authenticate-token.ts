/** The check of the access token that a request shows, in any of its places: a bound token needs the proof of its key (RFC 9449 section 7). */
import { defined, isJsonObject, WritError } from '@writ/core';
import {
  type DpopError,
  Rejection,
  type RejectionReason,
  readCompact,
  rejectionReason,
  type VerifiedAccessToken,
} from '@writ/tokens';
import type { Services } from '../context.ts';
import type { TokenFacts } from '../live.ts';
import { checkProof, nextNonce } from './proof.ts';

/** How a request shows its access token. */
export interface PresentedToken {
  readonly token: string;
  /** `dpop` for the scheme `DPoP` of `Authorization`; every other place takes unbound tokens only. */
  readonly scheme: string;
  /** Every `DPoP` header. */
  readonly proofs: readonly string[];
  readonly method: string;
  /** By the configured public URL, never by `Host`. */
  readonly url: string;
}

/** A token as it is shown, and what it must be good for. */
export interface TokenUse {
  readonly presented: PresentedToken;
  readonly audience: readonly string[];
  readonly connection_id?: string;
}

/** A token that is good now, and that its sender may use. */
export interface AuthenticatedToken {
  readonly token: VerifiedAccessToken;
  readonly facts: TokenFacts;
  /** The result that `contentDigest` must have for the body, where the proof says so: compared once the body is read. */
  readonly content_digest?: string;
}

/**
 * Verifies the token, and its proof where it is bound. Throws `WritError`: `invalid_token`, with what the challenge is to say in
 * `extras.dpop`; `task_ended`, `frozen`, `unavailable`.
 */
export async function authenticateToken(services: Services, use: TokenUse): Promise<AuthenticatedToken> {
  const { scheme } = use.presented;
  try {
    return scheme === 'dpop' ? await withProof(services, use) : await asBearer(services, use);
  } catch (error) {
    throw challenged(error, scheme);
  }
}

/**
 * Verifies in memory who made a token, for what and until when, before anything is looked up for its sender. Neither its binding is
 * checked nor whether it was revoked. Throws `WritError`: `invalid_token`.
 */
export async function verifyAlone(
  { live }: Services,
  { token, scheme, audience }: Pick<PresentedToken, 'token' | 'scheme'> & Pick<TokenUse, 'audience'>,
): Promise<VerifiedAccessToken> {
  // Read only where the token comes with a proof: without one a bound token is refused anyway, and other tokens need not be parsed.
  const jkt = scheme === 'dpop' ? claimedKey(token) : undefined;
  try {
    return await live.verifier.verify(token, { audience, ...defined({ jkt }) });
  } catch (error) {
    throw challenged(error, scheme);
  }
}

/** The key a token says it is bound to. */
function claimedKey(token: string): string | undefined {
  try {
    const { cnf } = readCompact(token).payload;
    const jkt = isJsonObject(cnf) ? cnf['jkt'] : undefined;
    return typeof jkt === 'string' ? jkt : undefined;
  } catch {
    return undefined;
  }
}

/** The error for a body that does not match the digest in its proof. */
export function wrongDigest(): WritError {
  return invalid('invalid_dpop_proof', { reason: 'content_digest' });
}

/** Checks a token that has no proof. A request that shows a proof beside it is refused: it is not clear which of the two is meant. */
async function asBearer(services: Services, use: TokenUse): Promise<AuthenticatedToken> {
  if (use.presented.proofs.length > 0) throw invalid('invalid_token', { reason: 'binding' });
  return await load(services, use);
}

async function withProof(services: Services, use: TokenUse): Promise<AuthenticatedToken> {
  const { token, proofs, method, url } = use.presented;
  const [proof] = proofs;
  if (proof === undefined || proofs.length > 1) throw invalid('invalid_dpop_proof', { reason: 'header_member' });
  let authenticated: AuthenticatedToken | undefined;
  let content_digest: string | undefined;
  const result = await checkProof(services, {
    proof,
    method,
    htu: url,
    accessToken: token,
    acceptsDigest: (digest) => {
      content_digest = digest;
      return true;
    },
    beforeUse: async (jkt) => {
      authenticated = await load(services, { ...use, jkt });
    },
  });
  if (!result.ok) throw refusedProof(services, result.reason);
  if (authenticated === undefined) throw invalid('invalid_token', { reason: 'binding' });
  return { ...authenticated, ...defined({ content_digest }) };
}

async function load(services: Services, use: TokenUse & { readonly jkt?: string }): Promise<AuthenticatedToken> {
  const { presented, audience, connection_id, jkt } = use;
  const token = await services.live.verifier.verify(presented.token, {
    audience,
    ...defined({ jkt }),
  });
  const { callers } = services.live;
  try {
    // At the gateway the statement that records a decision compares the epochs. At other doors nothing does, so everything is read now.
    const facts = await (connection_id === undefined
      ? callers.reload(token, {})
      : callers.facts(token, { connection_id }));
    return { token, facts };
  } catch (error) {
    throw withHolder(error, token.claims);
  }
}

/** Adds to an error whose token was refused, so that the record can tell who kept trying. */
function withHolder(error: unknown, { client_id, task_id, jti }: VerifiedAccessToken['claims']): unknown {
  if (!(error instanceof WritError) || error.extras.holder !== undefined) return error;
  return new WritError(error.code, { ...error.extras, holder: { client_id, task_id, jti } });
}

function refusedProof(services: Services, reason: RejectionReason): WritError {
  const error = reason === 'nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof';
  return invalid(error, { reason, nonce: nextNonce(services) });
}

interface Why {
  readonly reason: RejectionReason | undefined;
  readonly nonce?: string | undefined;
}

function invalid(error: DpopError, { reason, nonce }: Why): WritError {
  return new WritError('invalid_token', {
    dpop: { error, ...defined({ nonce }) },
    ...(reason !== undefined && { cause: new Rejection(reason) }),
  });
}

function challenged(error: unknown, scheme: string): unknown {
  return isBindingError(error, scheme) ? invalid('invalid_token', { reason: rejectionReason(error) }) : error;
}

/** Tells whether a refusal without a challenge of its own must say that the token wants a proof. */
function isBindingError(error: unknown, scheme: string): boolean {
  if (!(error instanceof WritError) || error.code !== 'invalid_token' || error.extras.dpop !== undefined) return false;
  return scheme === 'dpop' || rejectionReason(error) === 'binding';
}
