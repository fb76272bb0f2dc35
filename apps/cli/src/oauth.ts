import { setTimeout } from 'node:timers/promises';
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

/** How long one poll waits at the broker, seconds. */
const POLL = 60;

/**
 * Asks for a token, and where a human must give it, waits for that at most so many seconds. Throws a `Failure` with what was said, or that
 * nobody has answered.
 */
export async function awaitToken(cli: Cli, request: ClientRequest, seconds: number): Promise<Answer> {
  const until = cli.now() + seconds * 1000;
  const failed = 'No token';
  const { form, ...identity } = request;
  form.set('completion_mode', 'deferred');
  let { status, answer } = await post(cli, { ...request, path: '/oauth/token', failed });
  const pending = pendingOf(answer);
  if (pending?.deferral_code === undefined) return answerOf(status >= 400 ? fail(failed, { status, answer }) : answer);
  const { deferral_code, interaction_uri = '' } = pending;
  let { interval } = pending;
  cli.out.remark(
    `A human is asked: ${interaction_uri} (writ approvals show ${interaction_uri.split('/').at(-1) ?? ''}). Waiting.`,
  );
  for (;;) {
    const left = Math.floor((until - cli.now()) / 1000);
    if (left <= 0)
      throw new Failure(EXIT.failed, 'Nobody has answered yet. The same command again waits for the same answer.', {
        problem: { status: 400, code: 'authorization_pending' },
      });
    const poll = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:deferred', deferral_code });
    const wait = Math.min(POLL, left);
    ({ status, answer } = await post(cli, { ...identity, form: poll, path: '/oauth/token', failed, wait }));
    const still = pendingOf(answer);
    if (still === undefined) return answerOf(status >= 400 ? fail(failed, { status, answer }) : answer);
    interval = Math.max(interval, still.interval);
    await setTimeout(Math.min(interval * 1000, Math.max(0, until - cli.now())));
  }
}

/** What a request that waits for a human was answered; undefined for any other answer. `interval` in seconds. */
function pendingOf(answer: unknown) {
  if (!isJsonObject(answer) || !['authorization_pending', 'slow_down'].includes(String(answer['error'])))
    return undefined;
  const { deferral_code, interaction_uri, interval } = answer;
  return {
    interval: typeof interval === 'number' ? interval : 5,
    ...(typeof deferral_code === 'string' && { deferral_code }),
    ...(typeof interaction_uri === 'string' && { interaction_uri: inert(interaction_uri) }),
  };
}

function fail(failed: string, said: { readonly status: number; readonly answer: unknown }): never {
  throw refused(failed, said);
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
  /** How long the broker may wait with its answer, seconds. */
  readonly wait?: number;
  /** How the sentence of a refusal begins. */
  readonly failed: string;
}

async function ask(cli: Cli, call: OauthCall): Promise<unknown> {
  const { status, answer } = await post(cli, call);
  if (status >= 400) throw refused(call.failed, { status, answer });
  return answer;
}

async function post(
  cli: Cli,
  { form, basic, assertion, path, wait = 0 }: OauthCall,
): Promise<{ readonly status: number; readonly answer: unknown }> {
  const url = await cli.url();
  if (assertion !== undefined) {
    form.set('client_assertion_type', ASSERTION_TYPE);
    form.set('client_assertion', assertion(await issuerOf(cli)));
  }
  const response = await cli.fetch(`${url}${path}`, {
    method: 'POST',
    redirect: 'error',
    headers: {
      ...(basic !== undefined && { authorization: `Basic ${basicOf(basic)}` }),
      ...(wait > 0 && { prefer: `wait=${wait}` }),
    },
    body: form,
    signal: AbortSignal.timeout(30_000 + wait * 1000),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  return { status: response.status, answer };
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
