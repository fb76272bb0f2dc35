/** Reads an access token that a client asks about: whether Writ made it, and how it stands now. */
import { isJsonObject, type JsonObject, WritError } from '@writ/core';
import { parseResource, readCompact, type VerifiedAccessToken } from '@writ/tokens';
import type { Services } from '../../context.ts';
import type { TokenFacts } from '../../live.ts';
import type { Form } from './form.ts';
import { OAuthError } from './oauth-error.ts';

/** Reads `token` (RFC 7662 section 2.1, RFC 7009 section 2.1). Throws `OAuthError` (`invalid_request`). */
export function readPresented(form: Form): string {
  const token = form.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing.');
  return token;
}

/**
 * Verifies a token for the resource that it names, one of Writ's, and without the proof of a bound one: the caller that asks about it
 * does not use it. Undefined for what is not a valid token of Writ's.
 */
export async function verifyPresented(
  { live, config }: Services,
  token: string,
): Promise<VerifiedAccessToken | undefined> {
  const claims = unverified(token);
  const aud = claims['aud'];
  const cnf = claims['cnf'];
  const jkt = isJsonObject(cnf) ? cnf['jkt'] : undefined;
  if (typeof aud !== 'string' || !isOwnResource(aud, config.publicUrl)) return undefined;
  try {
    return await live.verifier.verify(token, { audience: [aud], ...(typeof jkt === 'string' && { jkt }) });
  } catch (error) {
    return undefinedIf(error, ['invalid_token']);
  }
}

/** How a verified token stands now, read anew. Undefined where it is revoked, frozen, or its task, client or key is no longer good. */
export async function standing(services: Services, token: VerifiedAccessToken): Promise<TokenFacts | undefined> {
  const connection = await audienceOf(services, token);
  try {
    return await services.live.callers.reload(token, connection === undefined ? {} : { connection_id: connection.id });
  } catch (error) {
    return undefinedIf(error, ['invalid_token', 'task_ended', 'frozen']);
  }
}

/** The one connection that a token is for; undefined where it is for others too. */
async function audienceOf({ live, config }: Services, { claims }: VerifiedAccessToken) {
  const asked = parseResource(claims.aud, config.publicUrl);
  const named = asked?.kind === 'connection' ? asked.connection : undefined;
  return named === undefined ? undefined : await live.connections.get(named);
}

function undefinedIf(error: unknown, codes: readonly string[]): undefined {
  if (error instanceof WritError && codes.includes(error.code)) return undefined;
  throw error;
}

function unverified(token: string): JsonObject {
  try {
    return readCompact(token).payload;
  } catch {
    return {};
  }
}

function isOwnResource(aud: string, issuer: string): boolean {
  return aud === `${issuer}/gateway` || aud === `${issuer}/api/v1` || aud.startsWith(`${issuer}/gateway/`);
}
