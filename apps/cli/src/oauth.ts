import { type Detail, detailSchema, inert, isJsonObject, type Secret } from '@writ/core';
import type { Cli } from './cli.ts';
import { EXIT, Failure } from './failure.ts';

/** A token request, and how the client proves itself. */
export interface TokenRequest {
  readonly form: URLSearchParams;
  readonly basic?: { readonly clientId: string; readonly secret: Secret };
  /** Makes the client assertion for an issuer. */
  readonly assertion?: (issuer: string) => string;
}

/** What the token endpoint answered. */
export interface Answer {
  readonly access_token: string;
  readonly token_type: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly task_id?: string;
  readonly authorization_details: readonly Detail[];
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Asks the token endpoint (RFC 6749 section 4.4). Throws a `Failure` with what it said. */
export async function askToken(cli: Cli, { form, basic, assertion }: TokenRequest): Promise<Answer> {
  const url = await cli.url();
  if (assertion !== undefined) {
    form.set('client_assertion_type', ASSERTION_TYPE);
    form.set('client_assertion', assertion(await issuerOf(cli)));
  }
  const response = await cli.fetch(`${url}/oauth/token`, {
    method: 'POST',
    redirect: 'error',
    headers: basic === undefined ? {} : { authorization: `Basic ${basicOf(basic)}` },
    body: form,
    signal: AbortSignal.timeout(30_000),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refused(response.status, answer);
  return answerOf(answer);
}

/** The issuer as the broker names itself: assertions and tokens are for it alone, whatever name it was reached by. */
export async function issuerOf(cli: Cli): Promise<string> {
  const url = await cli.url();
  const response = await cli.fetch(`${url}/.well-known/oauth-authorization-server`, { redirect: 'error' });
  const metadata: unknown = await response.json().catch(() => undefined);
  const issuer = isJsonObject(metadata) ? metadata['issuer'] : undefined;
  return typeof issuer === 'string' ? issuer : url;
}

/** RFC 6749 section 2.3.1: both parts form-encoded, then Base64. */
function basicOf({ clientId, secret }: NonNullable<TokenRequest['basic']>): string {
  const encoded = [clientId, secret.expose()].map((part) => encodeURIComponent(part).replaceAll('%20', '+'));
  return Buffer.from(encoded.join(':')).toString('base64');
}

const MEANING: Readonly<Record<string, string>> = {
  invalid_client: 'The client is not known, is disabled, or its secret or key is wrong.',
};

function refused(status: number, answer: unknown): Failure {
  const error = isJsonObject(answer) && typeof answer['error'] === 'string' ? answer['error'] : 'error';
  const described = isJsonObject(answer) ? answer['error_description'] : undefined;
  const sentence = typeof described === 'string' && error !== 'invalid_client' ? described : MEANING[error];
  return new Failure(
    EXIT.failed,
    `No token: ${inert(sentence ?? `the broker answered ${status}.`)} (${inert(error)})`,
    {
      problem: { status, code: error },
    },
  );
}

function answerOf(answer: unknown): Answer {
  if (isJsonObject(answer)) {
    const { access_token, expires_in, task_id, token_type, authorization_details } = answer;
    if (typeof access_token === 'string' && typeof expires_in === 'number') {
      const details = detailSchema.array().safeParse(authorization_details);
      return {
        access_token,
        token_type: String(token_type),
        expires_in,
        ...(typeof task_id === 'string' ? { task_id } : {}),
        authorization_details: details.data ?? [],
      };
    }
  }
  throw new Failure(EXIT.unreachable, 'What answers there does not answer like a Writ broker. Check --url.');
}
