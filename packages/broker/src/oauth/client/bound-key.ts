/** The key to which a token is bound: the one whose proof came with the request for it (RFC 9449 section 5). */
import { defined } from '@writ/core';
import { contentDigest } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import { bindsTokens } from '../../dpop/bound.ts';
import { checkProof, nextNonce } from '../../dpop/proof.ts';
import type { ClientRequest, OAuthReply, OAuthRequest } from './endpoint.ts';
import { OAuthError } from './oauth-error.ts';

/** A token request of a client, and how to learn which key its token is bound to. */
export interface GrantRequest extends ClientRequest, Pick<OAuthRequest, 'wait_ms' | 'gone' | 'proved'> {
  /**
   * The thumbprint of the key; undefined for a bearer token. Uses the proof up, so it is called once, and by the code that has just
   * verified who asks. Throws `OAuthError`: `invalid_dpop_proof`, `use_dpop_nonce`.
   */
  readonly provenKey: () => Promise<string | undefined>;
}

/** Makes the request that a grant type is given. */
export function grantRequest(ctx: Ctx, request: ClientRequest, asked: OAuthRequest): GrantRequest {
  const { proofs = [], form, wait_ms, gone, proved } = asked;
  const provenKeyOf = () => provenKey(ctx, request.client, { proofs, form });
  return { ...request, ...defined({ wait_ms, gone, proved }), provenKey: provenKeyOf };
}

async function provenKey(
  ctx: Ctx,
  client: ClientRequest['client'],
  { proofs, form }: { readonly proofs: readonly string[]; readonly form: string },
): Promise<string | undefined> {
  const [proof] = proofs;
  if (proof === undefined) {
    if (bindsTokens(client.auth)) throw noProof('This client gets bound tokens alone: send a DPoP proof.', 'no_proof');
    return undefined;
  }
  if (proofs.length > 1) throw noProof('There is more than one DPoP header.', 'two_proofs');
  const result = await checkProof(ctx, {
    proof,
    method: 'POST',
    htu: `${ctx.config.publicUrl}/oauth/token`,
    acceptsDigest: (digest) => digest === contentDigest(form),
  });
  if (result.ok) return result.jkt;
  if (result.reason === 'nonce') {
    throw new OAuthError('use_dpop_nonce', 'The DPoP proof must carry the nonce of this answer.', 'nonce');
  }
  throw noProof('The DPoP proof was not accepted.', result.reason);
}

function noProof(description: string, reason: string): OAuthError {
  return new OAuthError('invalid_dpop_proof', description, reason);
}

/** Adds the nonce for the next proof to every answer, where nonces are demanded (RFC 9449 section 8). */
export function withNonce<Reply extends OAuthReply>(ctx: Ctx, reply: Reply, { proofs = [] }: OAuthRequest): Reply {
  const nonce = proofs.length === 0 ? undefined : nextNonce(ctx);
  return nonce === undefined ? reply : { ...reply, headers: { ...reply.headers, 'dpop-nonce': nonce } };
}
