/** The OAuth endpoints and their metadata documents, as the OpenAPI document describes them. */
type Json = { readonly [key: string]: unknown };

const text = { type: 'string' };
const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } });
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

const refusals = {
  '400': { description: 'Refused, in the shape of RFC 6749 section 5.2.', ...json(ref('OAuthError')) },
  '401': { description: '`invalid_client`: the client did not prove itself.', ...json(ref('OAuthError')) },
  '413': problem('The form is too large.'),
  '429': problem('Too many requests; Retry-After says how long to wait.'),
  '503': problem('Writ cannot serve this now; nothing was done.'),
};

function problem(description: string): Json {
  return { description, content: { 'application/problem+json': { schema: ref('Problem') } } };
}

function form(operationId: string, summary: string, given: { readonly request: string; readonly answer: Json }): Json {
  return {
    post: {
      operationId,
      summary,
      tags: ['oauth'],
      security: [{ client: [] }, {}],
      requestBody: {
        required: true,
        content: { 'application/x-www-form-urlencoded': { schema: ref(given.request) } },
      },
      responses: { '200': given.answer, ...refusals },
    },
  };
}

function document(operationId: string, summary: string, parameters: readonly Json[] = []): Json {
  const answer = { description: 'The document.', ...json({ type: 'object' }) };
  return { get: { operationId, summary, tags: ['oauth'], security: [], parameters, responses: { '200': answer } } };
}

const byConnection = [{ name: 'connection', in: 'path', required: true, schema: text }];

/** The paths of the OAuth endpoints. */
export const OAUTH_PATHS: Readonly<Record<string, Json>> = {
  '/oauth/token': form(
    'oauth.token',
    'Issues an access token, within what the client is granted, or what a human gives it.',
    {
      request: 'TokenRequest',
      answer: { description: 'The token.', ...json(ref('TokenResponse')) },
    },
  ),
  '/oauth/introspect': form('oauth.introspect', 'Says what an access token is good for now (RFC 7662).', {
    request: 'PresentedToken',
    answer: { description: 'What is known of it.', ...json(ref('Introspection')) },
  }),
  '/oauth/revoke': form(
    'oauth.revoke',
    'Ends an access token of the client that asks, and all made from it (RFC 7009).',
    {
      request: 'PresentedToken',
      answer: { description: 'It is not good any more, if it ever was.' },
    },
  ),
  '/.well-known/oauth-authorization-server': document('oauth.metadata', 'The metadata of RFC 8414.'),
  '/.well-known/openid-configuration': document(
    'oauth.openid_metadata',
    'The same for those who look for OpenID Connect.',
  ),
  '/.well-known/jwks.json': document('oauth.jwks', 'The keys that access tokens are verified with (RFC 7517).'),
  '/.well-known/oauth-protected-resource/gateway': document(
    'oauth.resource',
    'The metadata of the gateway (RFC 9728).',
  ),
  '/.well-known/oauth-protected-resource/gateway/{connection}': document(
    'oauth.connection_resource',
    'The metadata of one connection behind the gateway (RFC 9728).',
    byConnection,
  ),
};

const object = (properties: Json, required: readonly string[]): Json => ({ type: 'object', properties, required });
const seconds = { type: 'integer', description: 'Seconds.' };

/** The shapes these paths refer to. */
export const OAUTH_SCHEMAS: Readonly<Record<string, Json>> = {
  TokenRequest: object(
    {
      grant_type: {
        type: 'string',
        enum: [
          'client_credentials',
          'urn:ietf:params:oauth:grant-type:token-exchange',
          'urn:ietf:params:oauth:grant-type:jwt-bearer',
          'urn:ietf:params:oauth:grant-type:deferred',
        ],
      },
      authorization_details: { type: 'string', description: 'A JSON list of AuthorizationDetail (RFC 9396).' },
      resource: { type: 'string', format: 'uri' },
      task: { type: 'string', maxLength: 200, description: 'What the token is for, for people.' },
      task_id: { type: 'string', description: 'A live task to go on with, in place of `task`.' },
      expires_in: { type: 'string', pattern: '^[1-9][0-9]{0,8}$', description: 'The life that is wanted, seconds.' },
      completion_mode: {
        type: 'string',
        description: '`deferred` where the client can wait for a human to give what its grants do not cover.',
      },
      deferral_code: { type: 'string', description: 'Of a request that waits for a human, to come for its token.' },
      client_id: text,
      client_assertion: text,
      client_assertion_type: text,
      assertion: text,
      subject_token: text,
      subject_token_type: text,
    },
    ['grant_type'],
  ),
  TokenResponse: object(
    {
      access_token: text,
      token_type: { type: 'string', enum: ['Bearer', 'DPoP'] },
      expires_in: seconds,
      expires_in_asked: { type: 'integer', description: 'What was asked for, where less was given.' },
      authorization_details: { type: 'array', items: ref('AuthorizationDetail') },
      task_id: text,
    },
    ['access_token', 'token_type', 'expires_in', 'task_id'],
  ),
  PresentedToken: object({ token: text, token_type_hint: text }, ['token']),
  Introspection: object({ active: { type: 'boolean' } }, ['active']),
  OAuthError: object(
    {
      error: text,
      error_description: text,
      error_uri: text,
      deferral_code: { type: 'string', description: 'With `authorization_pending`, the first time: to poll with.' },
      interaction_uri: { type: 'string', format: 'uri', description: 'Where a human looks at the request.' },
      expires_in: seconds,
      interval: { type: 'integer', description: 'Seconds to leave between two polls.' },
      task_id: text,
    },
    ['error'],
  ),
};
