import { type Detail, detailSchema, inert, isJsonObject, type Secret } from '@writ/core';
import type { Cli } from './cli.ts';
import { EXIT, Failure } from './failure.ts';

/** How a client proves itself: by one of the two. */
export interface Identity {
  readonly basic?: { readonly clientId: string; readonly secret: Secret };
  /** Makes the client assertion for an issuer. */
  readonly assertion?: (issuer: string) => string;
}

/** A request of a client to an OAuth endpoint. */
export interface ClientRequest extends Identity {
  readonly form: URLSearchParams;
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
export async function askToken(cli: Cli, request: ClientRequest): Promise<Answer> {
  return answerOf(await ask(cli, { ...request, path: '/oauth/token', failed: 'No token' }));
}

/** Asks what a token is good for now (RFC 7662). Throws a `Failure`. */
export async function introspect(cli: Cli, request: ClientRequest): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ask(cli, { ...request, path: '/oauth/introspect', failed: 'Not told' });
  if (isJsonObject(answer) && typeof answer['active'] === 'boolean') return answer;
  throw strange();
}

/** Revokes a token (RFC 7009). Throws a `Failure`. */
export async function revoke(cli: Cli, request: ClientRequest): Promise<void> {
  await ask(cli, { ...request, path: '/oauth/revoke', failed: 'Not revoked' });
}

interface OauthCall extends ClientRequest {
  readonly path: string;
  /** How the sentence of a refusal begins. */
  readonly failed: string;
}

async function ask(cli: Cli, { form, basic, assertion, path, failed }: OauthCall): Promise<unknown> {
  const url = await cli.url();
  if (assertion !== undefined) {
    form.set('client_assertion_type', ASSERTION_TYPE);
    form.set('client_assertion', assertion(await issuerOf(cli)));
  }
  const response = await cli.fetch(`${url}${path}`, {
    method: 'POST',
    redirect: 'error',
    headers: basic === undefined ? {} : { authorization: `Basic ${basicOf(basic)}` },
    body: form,
    signal: AbortSignal.timeout(30_000),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refused(failed, { status: response.status, answer });
  return answer;
}

/** The issuer as the broker names itself: assertions and tokens are for it alone, also where it was reached by another name. */
export async function issuerOf(cli: Cli): Promise<string> {
  const url = await cli.url();
  const response = await cli.fetch(`${url}/.well-known/oauth-authorization-server`, { redirect: 'error' });
  const metadata: unknown = await response.json().catch(() => undefined);
  const issuer = isJsonObject(metadata) ? metadata['issuer'] : undefined;
  return typeof issuer === 'string' ? issuer : url;
}

/** RFC 6749 section 2.3.1: both parts form-encoded, then Base64. */
function basicOf({ clientId, secret }: NonNullable<Identity['basic']>): string {
  const encoded = [clientId, secret.expose()].map((part) => encodeURIComponent(part).replaceAll('%20', '+'));
  return Buffer.from(encoded.join(':')).toString('base64');
}

const MEANING: Readonly<Record<string, string>> = {
  invalid_client: 'The client is not known, is disabled, or its secret or key is wrong.',
};

function refused(failed: string, { status, answer }: { readonly status: number; readonly answer: unknown }): Failure {
  const error = isJsonObject(answer) && typeof answer['error'] === 'string' ? answer['error'] : 'error';
  const described = isJsonObject(answer) ? answer['error_description'] : undefined;
  const sentence = typeof described === 'string' && error !== 'invalid_client' ? described : MEANING[error];
  return new Failure(
    EXIT.failed,
    `${failed}: ${inert(sentence ?? `the broker answered ${status}.`)} (${inert(error)})`,
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
        ...(typeof task_id === 'string' && { task_id }),
        authorization_details: details.data ?? [],
      };
    }
  }
  throw strange();
}

function strange(): Failure {
  return new Failure(EXIT.unreachable, 'What answers there does not answer like a Writ broker. Check --url.');
}
