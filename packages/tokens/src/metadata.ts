import { DETAIL_TYPE, type JsonObject } from '@writ/core';
import { CLIENT_ALGORITHMS } from './client-jwks.ts';
import { DPOP_ALGORITHMS } from './dpop/proof.ts';
import { GRANT_TYPES } from './exchange/grant-types.ts';

/** The offers of an authorization server. An entry stands in the document only if its endpoint exists. */
export interface AuthorizationServer {
  /** The issuer, byte for byte as in `iss`; no trailing slash. */
  readonly issuer: string;
  readonly grantTypes: readonly string[];
  readonly authMethods: readonly string[];
  readonly scopes: readonly string[];
  /** Further endpoints by their metadata name, as paths below the issuer: `introspection_endpoint`, `revocation_endpoint`. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Further members, such as `dpop_signing_alg_values_supported`. */
  readonly members?: JsonObject;
}

/** Builds the authorization server's metadata (RFC 8414 section 2). */
export function authorizationServerMetadata(server: AuthorizationServer): JsonObject {
  const { issuer, authMethods } = server;
  const others = Object.entries(server.endpoints ?? {}).map(([name, path]) => [name, `${issuer}${path}`] as const);
  const algorithms = authMethods.includes('private_key_jwt')
    ? { token_endpoint_auth_signing_alg_values_supported: [...CLIENT_ALGORITHMS] }
    : {};
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    ...Object.fromEntries(others),
    response_types_supported: [],
    grant_types_supported: server.grantTypes,
    token_endpoint_auth_methods_supported: authMethods,
    ...algorithms,
    scopes_supported: server.scopes,
    authorization_details_types_supported: [DETAIL_TYPE],
    ...server.members,
  };
}

/** The features of a server besides client credentials. Each is set only if its endpoint or grant type exists. */
export interface ServerFeatures {
  readonly token_exchange?: boolean;
  readonly jwt_bearer?: boolean;
  readonly deferred?: boolean;
  readonly dpop?: boolean;
  readonly introspection?: boolean;
  readonly revocation?: boolean;
}

/**
 * Returns the server with its features in the document (RFC 8414 section 2); with no features, the server unchanged. A grant
 * type that takes a workload's own token adds the authentication method `none`, by which a client only names its trust policy.
 */
export function withFeatures(server: AuthorizationServer, features: ServerFeatures): AuthorizationServer {
  const { token_exchange, jwt_bearer, deferred, dpop, introspection, revocation } = features;
  const authMethods = [...server.authMethods, ...(token_exchange || jwt_bearer ? ['none'] : [])];
  const grantTypes = [
    ...server.grantTypes,
    ...(token_exchange ? [GRANT_TYPES.token_exchange] : []),
    ...(jwt_bearer ? [GRANT_TYPES.jwt_bearer] : []),
    ...(deferred ? [GRANT_TYPES.deferred] : []),
  ];
  return {
    ...server,
    authMethods: [...new Set(authMethods)],
    grantTypes: [...new Set(grantTypes)],
    endpoints: {
      ...server.endpoints,
      ...(introspection && { introspection_endpoint: '/oauth/introspect' }),
      ...(revocation && { revocation_endpoint: '/oauth/revoke' }),
    },
    members: {
      ...server.members,
      ...(dpop && { dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS] }),
      ...(introspection && endpointAuth('introspection', server.authMethods)),
      ...(revocation && endpointAuth('revocation', server.authMethods)),
      ...(deferred && { deferred_token_response_supported: true }),
    },
  };
}

/** Returns the methods by which clients authenticate at an endpoint other than the token endpoint: never `none`. */
function endpointAuth(endpoint: 'introspection' | 'revocation', authMethods: readonly string[]): JsonObject {
  const methods = authMethods.filter((method) => method !== 'none');
  const algorithms = methods.includes('private_key_jwt')
    ? { [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: [...CLIENT_ALGORITHMS] }
    : {};
  return { [`${endpoint}_endpoint_auth_methods_supported`]: methods, ...algorithms };
}

/** Builds the OpenID form of the same document, by which cloud providers discover an issuer (model#metadata). Writ makes no ID tokens. */
export function openidConfiguration(server: AuthorizationServer): JsonObject {
  return {
    ...authorizationServerMetadata(server),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

/** A resource that accepts Writ's access tokens. */
export interface ProtectedResource {
  /** The resource, exactly as in the `aud` of its tokens. */
  readonly resource: string;
  /** The issuers whose tokens it accepts. */
  readonly authorizationServers: readonly string[];
  readonly name: string;
  readonly scopes: readonly string[];
  readonly members?: JsonObject;
}

/** Builds a protected resource's metadata (RFC 9728 section 2). */
export function protectedResourceMetadata(resource: ProtectedResource): JsonObject {
  return {
    resource: resource.resource,
    authorization_servers: resource.authorizationServers,
    bearer_methods_supported: ['header'],
    scopes_supported: resource.scopes,
    resource_name: resource.name,
    authorization_details_types_supported: [DETAIL_TYPE],
    ...resource.members,
  };
}
