/**
 * The measure of the token endpoint: `oidc-provider` with ES256 JWT access tokens and its own in-memory adapter. Its argument is
 * JSON, `[client_id, client_secret]` pairs. Prints its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const clients = JSON.parse(process.argv[2] ?? '[]') as [string, string][];
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'bench' };

const provider = new Provider('http://localhost', {
  jwks: { keys: [key] },
  clients: clients.map(([client_id, client_secret]) => ({
    client_id,
    client_secret,
    grant_types: ['client_credentials'],
    response_types: [],
    id_token_signed_response_alg: 'ES256',
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
  })),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:bench',
      getResourceServerInfo: () => ({
        scope: '',
        audience: 'urn:bench',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 900,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
const server = createServer({ keepAliveTimeout: 0 }, provider.callback());
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
