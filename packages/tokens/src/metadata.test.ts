import { expect, test } from 'vitest';
import { authorizationServerMetadata, openidConfiguration, protectedResourceMetadata } from './metadata.ts';

const issuer = 'https://writ.example.com';
const server = {
  issuer,
  grantTypes: ['client_credentials'],
  authMethods: ['private_key_jwt', 'client_secret_basic'],
  scopes: ['writ:use'],
};

test('the authorization server document lists what the server offers, and nothing more', () => {
  expect(authorizationServerMetadata(server)).toEqual({
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
    scopes_supported: ['writ:use'],
    authorization_details_types_supported: ['provider_operations'],
  });
});

test('further endpoints and members can be added', () => {
  const document = authorizationServerMetadata({
    ...server,
    authMethods: ['client_secret_basic'],
    endpoints: { revocation_endpoint: '/oauth/revoke' },
    members: { dpop_signing_alg_values_supported: ['ES256'] },
  });
  expect(document['revocation_endpoint']).toBe(`${issuer}/oauth/revoke`);
  expect(document['dpop_signing_alg_values_supported']).toEqual(['ES256']);
  expect(document).not.toHaveProperty('token_endpoint_auth_signing_alg_values_supported');
});

test('the OpenID document is the same document, with the members that its readers require', () => {
  expect(openidConfiguration(server)).toEqual({
    ...authorizationServerMetadata(server),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
});

test('the resource document names the resource exactly', () => {
  const resource = `${issuer}/gateway/railway`;
  expect(
    protectedResourceMetadata({ resource, authorizationServers: [issuer], name: 'Writ gateway', scopes: ['writ:use'] }),
  ).toEqual({
    resource,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    scopes_supported: ['writ:use'],
    resource_name: 'Writ gateway',
    authorization_details_types_supported: ['provider_operations'],
  });
});
