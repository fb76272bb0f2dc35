/** Clients that ask for tokens, in the test's own process. */
import { randomUUID } from 'node:crypto';
import { issueToken, type OAuthReply } from '@writ/broker';
import type { JsonObject } from '@writ/core';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { type InProcess, openInProcess } from './in-process.ts';
import type { DatabaseKind } from './store.ts';

/** The issuer of test services. */
export const ISSUER = 'http://localhost:8700';

/** Two clients, `helper` (an agent with a secret) and `robot` (automation with a key), granted the same on staging. */
export interface TokenScene extends InProcess {
  /** The secret of `helper`. */
  readonly secret: string;
  /** Asks for a token, as `helper` unless another `Authorization` is given; `''` for none. */
  ask(parameters: Readonly<Record<string, string>>, authorization?: string): Promise<OAuthReply<JsonObject>>;
  /** The parameters by which `robot` proves itself. */
  asRobot(claims?: Readonly<Record<string, unknown>>): Promise<Record<string, string>>;
}

/** An `Authorization` header. */
export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** The access token of a reply. */
export const tokenOf = (reply: { readonly body: object }): string => String(Reflect.get(reply.body, 'access_token'));

/** The task of a reply. */
export const taskOf = (reply: { readonly body: object }): string => String(Reflect.get(reply.body, 'task_id'));

/** Opens the scene on a fresh database of the kind. */
export async function openTokenScene(kind: DatabaseKind): Promise<TokenScene> {
  const it = await openInProcess(kind, { tokenRate: { per_second: 1000, burst: 1000 }, railway: 'imported' });
  const auth = { method: 'client_secret_basic' as const };
  const made = await createClient(it.owner(), { client_id: 'helper', kind: 'agent', name: 'Helper', auth });
  const secret = made.client_secret ?? '';
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const { kty = '', crv = '', x = '', y = '' } = await exportJWK(publicKey);
  const jwks = { keys: [{ kty, crv, x, y, kid: 'k1' }] };
  const byKey = { method: 'private_key_jwt' as const, jwks };
  await createClient(it.owner(), { client_id: 'robot', kind: 'automation', name: 'Robot', auth: byKey });
  for (const client_id of ['helper', 'robot']) {
    const scope = {
      connection: 'railway',
      environments: ['staging', 'shared'],
      operations: ['*:read', 'customDomain*'],
    };
    await createGrant(it.owner(), { client_id, ...scope });
  }
  const assertion = (claims: Readonly<Record<string, unknown>>): Promise<string> =>
    new SignJWT({ iss: 'robot', sub: 'robot', aud: ISSUER, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(privateKey);
  return {
    ...it,
    secret,
    ask: (parameters, authorization = basic('helper', secret)) =>
      issueToken(it.anyone(), {
        ...(authorization !== '' && { authorization }),
        form: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }).toString(),
      }),
    asRobot: async (claims = {}) => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(claims),
    }),
  };
}
