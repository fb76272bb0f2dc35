/** What the attacks on the token endpoint share: a client with a key of its own, and how it asks. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { signEs256 } from '../support/jwt-attacks/index.ts';
import { type Agent, type Answer, basic, INCIDENT_GRANTS, type Scene } from '../support/scene.ts';

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** The client with a key. */
export const KEYED = 'client-with-a-key';
export const header = { alg: 'ES256', kid: 'fake-kid' };
export const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Registers the client with a key. */
export async function registerKeyed({ owner }: Scene): Promise<void> {
  const jwk = pair.publicKey.export({ format: 'jwk' }) as Record<string, string>;
  const auth = { method: 'private_key_jwt' as const, jwks: { keys: [{ ...jwk, kid: 'fake-kid', alg: 'ES256' }] } };
  await owner.client.call('clients.create', { client_id: KEYED, kind: 'agent', name: 'With a key', auth });
  for (const grant of INCIDENT_GRANTS) {
    await owner.client.call('grants.create', { client_id: KEYED, connection: 'railway', ...grant });
  }
}

/** How a test asks the token endpoint. */
export interface TokenEndpoint {
  /** Waits where the rate limit says so: 100 at once, then 20 a second. */
  ask(fields: Record<string, string> | URLSearchParams, headers?: Record<string, string>): Promise<Answer>;
  askAs(who: Agent, more?: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  byAssertion(client_assertion: string): Promise<Answer>;
  claims(changes?: object): Record<string, unknown>;
  assertion(changes?: object): string;
}

/** Makes the ways to ask. */
export function askingOf(scene: Scene): TokenEndpoint {
  const ask: TokenEndpoint['ask'] = async (fields, headers = {}) => {
    const body = new URLSearchParams(fields);
    for (;;) {
      const answer = await scene.send('/oauth/token', { method: 'POST', headers, body });
      if (answer.status !== 429) return answer;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const claims: TokenEndpoint['claims'] = (changes = {}) => {
    const iat = Math.floor(Date.now() / 1000);
    const times = { iat, nbf: iat, exp: iat + 120 };
    return { iss: KEYED, sub: KEYED, aud: scene.broker.url, ...times, jti: randomUUID(), ...changes };
  };
  return {
    ask,
    claims,
    askAs: (who, more = {}, headers = {}) =>
      ask({ grant_type: 'client_credentials', ...more }, { authorization: basic(who), ...headers }),
    byAssertion: (client_assertion) =>
      ask({ grant_type: 'client_credentials', client_assertion_type: JWT_BEARER, client_assertion }),
    assertion: (changes) => signEs256({ header, payload: claims(changes) }, pair.privateKey),
  };
}

/** The status and OAuth's own error code. */
export const errorOf = ({ status, text }: Answer): readonly [number, unknown] => [
  status,
  (JSON.parse(text) as { error?: unknown }).error,
];
