/** oauth4webapi as a client and as a resource server that never heard of Writ (RFC 8414, 6749, 7523, 9068, 9449, 9728). */
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStaging } from '../support/scene.ts';
import { type ConformanceScene, openConformance, tampered } from './scene.ts';

/** The library's own switch for plain http, here on loopback. */
const options = { [oauth.allowInsecureRequests]: true };

let scene: ConformanceScene;
let as: oauth.AuthorizationServer;
beforeAll(async () => {
  scene = await openConformance();
  as = await discover(scene.issuer);
});
afterAll(() => scene.close());

async function discover(issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...options });
  return await oauth.processDiscoveryResponse(url, response);
}

async function ask(
  client: oauth.Client,
  auth: oauth.ClientAuth,
  {
    parameters = {},
    ...more
  }: oauth.ClientCredentialsGrantRequestOptions & { parameters?: Record<string, string> } = {},
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, { ...options, ...more });
  return await oauth.processClientCredentialsResponse(as, client, response);
}

const asAgent = () => ({ client_id: scene.agent.client_id });
const bySecret = () => oauth.ClientSecretBasic(scene.agent.secret);

const read = (init: { url?: string; headers: Record<string, string> }): Request =>
  new Request(init.url ?? `${scene.audience}/railway/graphql/v2`, { method: 'POST', headers: init.headers });

describe('as a client', () => {
  test('gets a token with a secret, and with a key', async () => {
    const bySecretGiven = await ask(asAgent(), bySecret());
    expect(bySecretGiven).toMatchObject({ token_type: 'bearer', expires_in: 900 });
    const byKey = await ask({ client_id: 'keyed' }, oauth.PrivateKeyJwt(scene.keyed.proof));
    expect(await scene.isTaken(byKey.access_token)).toBe(true);
  });

  test('reads the challenge of a wrong secret, and the error of a wrong resource', async () => {
    const wrong = ask(asAgent(), oauth.ClientSecretBasic('writ_cs_wrong'));
    await expect(wrong).rejects.toMatchObject({ status: 401, cause: [{ scheme: 'basic' }] });
    const elsewhere = ask(asAgent(), bySecret(), { parameters: { resource: 'https://elsewhere.example' } });
    await expect(elsewhere).rejects.toMatchObject({ error: 'invalid_target', status: 400 });
  });

  test('introspects and revokes its token', async () => {
    const { access_token } = await ask(asAgent(), bySecret());
    const introspect = async () => {
      const response = await oauth.introspectionRequest(as, asAgent(), bySecret(), access_token, options);
      return await oauth.processIntrospectionResponse(as, asAgent(), response);
    };
    expect(await introspect()).toMatchObject({ active: true, iss: scene.issuer, client_id: scene.agent.client_id });
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, asAgent(), bySecret(), access_token, options),
    );
    expect(await introspect()).toEqual({ active: false });
  });

  test('finds the authorization server from the resource', async () => {
    const resource = new URL(`${scene.audience}/railway`);
    const response = await oauth.resourceDiscoveryRequest(resource, options);
    const found = await oauth.processResourceDiscoveryResponse(resource, response);
    expect(found).toMatchObject({ resource: resource.href, authorization_servers: [scene.issuer] });
  });
});

describe('as a resource server', () => {
  const validate = (request: Request, audience = scene.audience, more: oauth.ValidateJWTAccessTokenOptions = {}) =>
    oauth.validateJwtAccessToken(as, request, audience, { ...options, ...more });
  const bearer = (token: string): Request => read({ headers: { authorization: `Bearer ${token}` } });

  test('accepts a token from discovery and JWKS alone', async () => {
    const claims = await validate(bearer(await scene.accessToken({ task: 'conformance' })));
    expect(claims).toMatchObject({ iss: scene.issuer, sub: scene.agent.client_id, client_id: scene.agent.client_id });
    const detail = expect.objectContaining({ type: 'provider_operations', connection: 'railway' });
    expect(claims['authorization_details']).toEqual([detail, detail]);
  });

  test('accepts a token for one connection as one for that alone', async () => {
    const resource = `${scene.audience}/railway`;
    const token = await scene.accessToken({ resource });
    expect((await validate(bearer(token), resource)).aud).toBe(resource);
    await expect(validate(bearer(token))).rejects.toThrow(/aud/);
  });

  test('refuses one that was tampered with', async () => {
    await expect(validate(bearer(tampered(await scene.accessToken())))).rejects.toThrow();
  });

  test('accepts a bound token with its proof alone', async () => {
    const keys = await oauth.generateKeyPair('ES256');
    const { access_token, token_type } = await ask(asAgent(), bySecret(), { DPoP: oauth.DPoP({}, keys) });
    expect(token_type).toBe('dpop');
    let seen: Request | undefined;
    const catching = async (url: string, { headers }: { headers: Record<string, string> }) => {
      seen = read({ url, headers });
      return new Response(null, { status: 200 });
    };
    await oauth.protectedResourceRequest(
      access_token,
      'POST',
      new URL(`${scene.audience}/railway/graphql/v2`),
      new Headers(),
      null,
      { ...options, DPoP: oauth.DPoP({}, keys), [oauth.customFetch]: catching },
    );
    if (seen === undefined) throw new Error('nothing was sent');
    const claims = await validate(seen, scene.audience, { requireDPoP: true });
    expect(claims.cnf?.jkt).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await expect(validate(bearer(access_token))).rejects.toThrow();
  });
});

describe('with DPoP, end to end', () => {
  test.each(['ES256', 'Ed25519', 'RS256', 'PS256'])('by a key for %s', async (alg) => {
    const handle = oauth.DPoP({}, await oauth.generateKeyPair(alg));
    const { access_token, token_type } = await ask(asAgent(), bySecret(), { DPoP: handle });
    expect(token_type).toBe('dpop');
    const response = await call(access_token, handle);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { environment: { id: 'e_staging' } } });
    expect(await scene.isTaken(access_token)).toBe(false);
  });

  test('a refusal is a challenge that the library reads', async () => {
    const handle = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
    const { access_token } = await ask(asAgent(), bySecret(), { DPoP: handle });
    const other = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
    await expect(call(access_token, other)).rejects.toSatisfy(
      (error) =>
        error instanceof oauth.WWWAuthenticateChallengeError &&
        error.cause.some(({ scheme, parameters }) => scheme === 'dpop' && parameters.error === 'invalid_token'),
    );
  });
});

function call(token: string, DPoP: oauth.DPoPHandle, audience = scene.audience): Promise<Response> {
  const url = new URL(`${audience}/railway/graphql/v2`);
  const headers = new Headers({ 'content-type': 'application/json' });
  const body = JSON.stringify({ query: readStaging() });
  return oauth.protectedResourceRequest(token, 'POST', url, headers, body, { ...options, DPoP });
}

describe('where nonces are demanded', () => {
  test('the library comes back with the nonce it was given, at both endpoints', async () => {
    const demanding = await openConformance({ env: { WRIT_DPOP_NONCES: 'required' } });
    try {
      const server = await discover(demanding.issuer);
      const client = { client_id: demanding.agent.client_id };
      const handle = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
      const tokenRequest = async () => {
        const secret = oauth.ClientSecretBasic(demanding.agent.secret);
        const asked = await oauth.clientCredentialsGrantRequest(
          server,
          client,
          secret,
          {},
          { ...options, DPoP: handle },
        );
        return await oauth.processClientCredentialsResponse(server, client, asked);
      };
      const { access_token } = await tokenRequest().catch((error: unknown) => {
        if (oauth.isDPoPNonceError(error)) return tokenRequest();
        throw error;
      });
      const fresh = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
      const first = await call(access_token, fresh, demanding.audience).catch((error: unknown) => error);
      expect(oauth.isDPoPNonceError(first)).toBe(true);
      expect((await call(access_token, handle, demanding.audience)).status).toBe(200);
    } finally {
      await demanding.close();
    }
  }, 60_000);
});
