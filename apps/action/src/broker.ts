/** The two requests to Writ. Nothing of an answer is printed but an error code and the id of the request. */
import { defined, isId, isJsonObject, Secret } from '@writ/core';
import { Failure } from './failure.ts';
import type { Inputs } from './inputs.ts';

const TIME_LIMIT = 30_000;
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

/** What OAuth's error codes mean here; codes that are not here are shown as they are. */
const MEANING: Readonly<Record<string, string>> = {
  invalid_request: 'it did not accept this job: see the trust policy of the client, with `writ client trust-test`',
  invalid_authorization_details: 'the client is granted nothing that the authorization-details ask for, or less',
  access_denied: 'the client is frozen, or granted nothing',
  invalid_dpop_proof: 'the client wants tokens bound to a key, which this action cannot hold',
  temporarily_unavailable: 'it could not ask GitHub for the keys of identity tokens, so try again in a moment',
  rate_limited: 'too many tokens were asked for, so try again later',
};

/** Exchanges the job's identity token for an access token (RFC 8693). Throws a `Failure`. */
export async function exchange(inputs: Inputs, identity: Secret): Promise<Secret> {
  const { url, clientId, authorizationDetails, task } = inputs;
  const body = new URLSearchParams({
    grant_type: TOKEN_EXCHANGE,
    client_id: clientId,
    subject_token: identity.expose(),
    subject_token_type: ID_TOKEN,
    ...defined({ authorization_details: authorizationDetails, task }),
  });
  const response = await post(`${url}/oauth/token`, { body });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refused(response, answer);
  const token = isJsonObject(answer) ? answer['access_token'] : undefined;
  if (typeof token !== 'string' || token === '') throw new Failure('What answers at url does not answer like Writ.');
  return new Secret(token, 'access token');
}

/**
 * Ends the task of an access token, and with it the token. Also done when it was over already. Throws a `Failure`
 * when it is not certain.
 */
export async function endTask(url: string, token: Secret): Promise<void> {
  const response = await post(`${url}/api/v1/self/end`, { headers: { authorization: `Bearer ${token.expose()}` } });
  if (response.ok || response.status === 401) return;
  const answer: unknown = await response.json().catch(() => undefined);
  if (!isJsonObject(answer) || answer['code'] !== 'task_ended')
    throw new Failure(`Writ answered ${response.status} when told to end the access token.`);
}

async function post(url: string, init: Pick<RequestInit, 'body' | 'headers'>): Promise<Response> {
  try {
    return await fetch(url, { ...init, method: 'POST', redirect: 'error', signal: AbortSignal.timeout(TIME_LIMIT) });
  } catch {
    throw new Failure(`Writ was not reached at ${new URL(url).origin}.`);
  }
}

function refused(response: Response, answer: unknown): Failure {
  const code = isJsonObject(answer) ? (answer['error'] ?? answer['code']) : undefined;
  const known = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : `status ${response.status}`;
  const meaning = Object.hasOwn(MEANING, known) ? `: ${MEANING[known]}` : '';
  const id = response.headers.get('writ-request') ?? '';
  const where = isId('request', id) ? `; an admin finds why under ${id} in the audit log` : '';
  return new Failure(`Writ refused (${known})${meaning}${where}.`);
}
