/** The documents by which others find Writ's endpoints and keys (RFC 8414, RFC 9728, RFC 7517). */
import type { JsonObject } from '@writ/core';
import {
  type AuthorizationServer,
  authorizationServerMetadata,
  DPOP_ALGORITHMS,
  jwksDocument,
  openidConfiguration,
  protectedResourceMetadata,
  withFeatures,
} from '@writ/tokens';
import type { Services } from '../context.ts';
import { GRANT_TYPE_NAMES } from './token.ts';

function serverOf({ config }: Pick<Services, 'config'>): AuthorizationServer {
  const server = {
    issuer: config.publicUrl,
    grantTypes: GRANT_TYPE_NAMES,
    authMethods: ['private_key_jwt', 'client_secret_basic'],
    scopes: [],
    // Nobody signs in there, and no response type is supported; but there are clients (MCP's) that read no document without it.
    endpoints: { authorization_endpoint: '/oauth/authorize' },
  };
  return withFeatures(server, {
    token_exchange: true,
    jwt_bearer: true,
    deferred: true,
    introspection: true,
    revocation: true,
    dpop: true,
  });
}

/** `/.well-known/oauth-authorization-server`. */
export function oauthMetadata(services: Pick<Services, 'config'>): JsonObject {
  return authorizationServerMetadata(serverOf(services));
}

/** `/.well-known/openid-configuration`. */
export function openidMetadata(services: Pick<Services, 'config' | 'live'>): JsonObject {
  const algorithms = [...services.live.keys.algorithms()];
  return { ...openidConfiguration(serverOf(services)), id_token_signing_alg_values_supported: algorithms };
}

/** `/.well-known/jwks.json`. */
export function publicKeys(services: Pick<Services, 'live' | 'now'>): JsonObject {
  return { keys: jwksDocument(services.live.keys.records(), services.now()).keys.map((key) => ({ ...key })) };
}

/**
 * `/.well-known/oauth-protected-resource/gateway[/{connection}]`. Says the same for a connection that is not there: whether one is
 * shows only to those who have a token.
 */
export function gatewayMetadata({ config }: Pick<Services, 'config'>, connection?: string): JsonObject {
  const gateway = `${config.publicUrl}/gateway`;
  return protectedResourceMetadata({
    resource: connection === undefined ? gateway : `${gateway}/${connection}`,
    authorizationServers: [config.publicUrl],
    name: connection === undefined ? 'Writ gateway' : `Writ gateway: ${connection}`,
    scopes: [],
    members: { dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS] },
  });
}
