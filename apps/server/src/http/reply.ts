import type { Services } from '@writ/broker';
import { defined, titleOf, WritError } from '@writ/core';
import { dpopChallenge } from '@writ/tokens';

/** An answer before it is written to a socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer is not cached, framed, sniffed or read by another site. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'interest-cohort=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** The same, and for two years, as browsers' preload lists ask for, by https alone. */
const STRICT_HEADERS = { ...SECURITY_HEADERS, 'strict-transport-security': 'max-age=63072000' } as const;

/** The security headers of every answer but the gateway's, as Writ's own URL has it: strict where that is https. */
export function securityHeaders({
  publicUrl,
}: Pick<Services['config'], 'publicUrl'>): Readonly<Record<string, string>> {
  return publicUrl.startsWith('https:') ? STRICT_HEADERS : SECURITY_HEADERS;
}

/** `WWW-Authenticate` (RFC 6750 section 3, RFC 9449 section 7.1), and the nonce to come back with. */
function challengeOf({ status, extras: { dpop } }: WritError): Readonly<Record<string, string>> {
  if (status !== 401) return {};
  if (dpop === undefined) return { 'www-authenticate': 'Bearer realm="writ"' };
  const nonce = defined({ 'dpop-nonce': dpop.nonce });
  return { 'www-authenticate': dpopChallenge({ error: dpop.error }), ...nonce };
}

/** Writes a problem (RFC 9457) for an error. Only a `WritError` tells more than `internal`. */
export function problemReply({ config }: Pick<Services, 'config'>, thrown: unknown, requestId: string): Reply {
  const error = thrown instanceof WritError ? thrown : new WritError('internal');
  const { retry_after, fields, members } = error.extras;
  const problem = {
    ...members,
    type: `urn:writ:error:${error.code}`,
    title: titleOf(error.code),
    status: error.status,
    code: error.code,
    detail: error.message,
    request_id: requestId,
    ...defined({ fields }),
  };
  return {
    status: error.status,
    headers: {
      ...securityHeaders(config),
      'content-type': 'application/problem+json',
      'writ-request': requestId,
      'writ-code': error.code,
      ...challengeOf(error),
      ...(retry_after !== undefined && { 'retry-after': String(Math.ceil(retry_after)) }),
    },
    body: `${JSON.stringify(problem)}\n`,
  };
}
