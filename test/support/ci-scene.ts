/** CI jobs of every system that ask for tokens, in the test's own process: a trust policy each, against a stand-in issuer. */
import { issueToken, type OAuthReply } from '@writ/broker';
import type { CiSystemId, FederatedAuth, JsonObject } from '@writ/core';
import { GRANT_TYPES, TOKEN_TYPES } from '@writ/tokens';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { algorithmOf, claimsOf, policyFor } from '../../packages/tokens/test/ci-samples.ts';
import { type ForeignIssuer, startForeignIssuer } from './foreign-issuer.ts';
import type { DatabaseKind } from './store.ts';
import { openTokenScene, type TokenScene } from './token-scene.ts';

/** What a ci client may do: deploy to staging. */
export const DEPLOY = {
  connection: 'railway',
  environments: ['staging'],
  operations: ['*:read', 'serviceInstanceRedeploy', 'deploymentRedeploy'],
};

/** The scene of `openTokenScene`, an issuer, and ci clients. */
export interface CiScene extends TokenScene {
  readonly issuer: ForeignIssuer;
  /** A good policy of a system, for the stand-in issuer. */
  policy(ci: CiSystemId, changes?: Partial<FederatedAuth>): FederatedAuth;
  /** A client of a system, granted `DEPLOY`; its id. */
  client(ci: CiSystemId, changes?: Partial<FederatedAuth>): Promise<string>;
  /** A token as the system writes it. A claim that is undefined is left out. */
  token(ci: CiSystemId, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Exchanges it, by RFC 8693 unless the parameters say otherwise. */
  exchange(
    client_id: string,
    token: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<OAuthReply<JsonObject>>;
  /** The same by RFC 7523. */
  bearer(client_id: string, assertion: string): Promise<OAuthReply<JsonObject>>;
  /** Exchanges an access token, as the client that `Authorization` names. */
  delegate(
    token: string,
    authorization: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<OAuthReply<JsonObject>>;
  /** Why the last refused token request was refused, by the audit log. */
  reason(): Promise<unknown>;
}

/** Opens the scene on a fresh database of the kind. */
export async function openCiScene(kind: DatabaseKind): Promise<CiScene> {
  const [it, issuer] = await Promise.all([openTokenScene(kind), startForeignIssuer()]);
  let made = 0;
  const post = (parameters: Readonly<Record<string, string>>, authorization?: string) =>
    issueToken(it.anyone(), {
      ...(authorization !== undefined && { authorization }),
      form: new URLSearchParams(parameters).toString(),
    });
  const policy: CiScene['policy'] = (ci, changes = {}) =>
    policyFor(ci, { issuer: issuer.url, allow_private_network: true, ...changes });
  return {
    ...it,
    issuer,
    policy,
    client: async (ci, changes) => {
      made += 1;
      const client_id = `${ci.replaceAll('_', '-')}-${made}`;
      await createClient(it.owner(), { client_id, kind: 'ci', name: ci, auth: policy(ci, changes) });
      await createGrant(it.owner(), { client_id, ...DEPLOY });
      return client_id;
    },
    token: (ci, claims = {}) => {
      const { jti: _, iss: __, ...sample } = claimsOf(ci, Math.floor(Date.now() / 1000));
      return issuer.sign({ ...sample, ...claims }, { alg: algorithmOf(ci) });
    },
    exchange: (client_id, subject_token, parameters = {}) =>
      post({
        grant_type: GRANT_TYPES.token_exchange,
        client_id,
        subject_token,
        subject_token_type: TOKEN_TYPES.jwt,
        ...parameters,
      }),
    bearer: (client_id, assertion) => post({ grant_type: GRANT_TYPES.jwt_bearer, client_id, assertion }),
    delegate: (subject_token, authorization, parameters = {}) =>
      post(
        {
          grant_type: GRANT_TYPES.token_exchange,
          subject_token,
          subject_token_type: TOKEN_TYPES.access_token,
          ...parameters,
        },
        authorization === '' ? undefined : authorization,
      ),
    reason: async () => {
      const refused = (await it.audit()).filter((entry) => entry['kind'] === 'token.refused').at(-1);
      return Reflect.get(Object(refused?.['data']), 'reason');
    },
    close: async () => {
      await issuer.close();
      await it.close();
    },
  };
}
