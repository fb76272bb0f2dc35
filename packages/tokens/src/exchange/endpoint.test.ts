import type { Detail } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { audience, claims, issuer } from '../../test/support.ts';
import { authorizationServerMetadata, withFeatures } from '../metadata.ts';
import { GRANT_TYPES, TOKEN_TYPES } from './grant-types.ts';
import { insufficientAuthorizationDetails } from './insufficient.ts';
import { INACTIVE, introspectionResponse } from './introspection.ts';
import { readExchange } from './request.ts';
import { parseResource } from './resource.ts';

const detail: Detail = {
  type: 'provider_operations',
  connection: 'railway',
  environments: ['staging'],
  operations: ['*:read'],
};

describe('an exchange request', () => {
  const exchange = { grant_type: GRANT_TYPES.token_exchange, subject_token: 'token' };
  const read = (changes: object) => readExchange({ ...exchange, ...changes });

  test('of a workload token is the same in both spellings', () => {
    const wanted = { ok: true, kind: 'workload', token: 'token' };
    expect(read({ subject_token_type: TOKEN_TYPES.jwt })).toEqual(wanted);
    expect(read({ subject_token_type: TOKEN_TYPES.id_token, requested_token_type: TOKEN_TYPES.access_token })).toEqual(
      wanted,
    );
    expect(readExchange({ grant_type: GRANT_TYPES.jwt_bearer, assertion: 'token' })).toEqual(wanted);
  });

  test('of an access token may contain an actor token with its type', () => {
    const own = { subject_token_type: TOKEN_TYPES.access_token };
    expect(read(own)).toEqual({ ok: true, kind: 'access_token', token: 'token' });
    expect(read({ ...own, actor_token: 'actor', actor_token_type: TOKEN_TYPES.access_token })).toEqual({
      ok: true,
      kind: 'access_token',
      token: 'token',
      actor_token: 'actor',
    });
  });

  test.each<[string, object]>([
    ['no type', {}],
    ['no token', { subject_token: '', subject_token_type: TOKEN_TYPES.jwt }],
    ['a refresh token', { subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }],
    ['a SAML token wanted', { subject_token_type: TOKEN_TYPES.jwt, requested_token_type: 'saml' }],
    ['an actor token without type', { subject_token_type: TOKEN_TYPES.access_token, actor_token: 'a' }],
    ['an actor token type alone', { subject_token_type: TOKEN_TYPES.access_token, actor_token_type: TOKEN_TYPES.jwt }],
    [
      'an actor token of another type',
      { subject_token_type: TOKEN_TYPES.access_token, actor_token: 'a', actor_token_type: TOKEN_TYPES.jwt },
    ],
    [
      'an actor with a workload token',
      { subject_token_type: TOKEN_TYPES.jwt, actor_token: 'a', actor_token_type: TOKEN_TYPES.access_token },
    ],
    ['both spellings', { subject_token_type: TOKEN_TYPES.jwt, assertion: 'a' }],
    ['the other spelling', { grant_type: GRANT_TYPES.jwt_bearer }],
    ['both spellings, the other way', { grant_type: GRANT_TYPES.jwt_bearer, assertion: 'a' }],
  ])('with %s is refused', (_, changes) => {
    const result = read(changes);
    expect(result).toMatchObject({ ok: false, error: 'invalid_request' });
    // RFC 6749 section 5.2 allows only these characters.
    if (!result.ok) expect(result.description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });
});

describe('a resource', () => {
  const parse = (value: string) => parseResource(value, issuer);
  const host = new URL(issuer).host;

  test('is one of Writ’s own', () => {
    expect(parse(audience)).toEqual({ kind: 'gateway', aud: audience });
    expect(parse(`${audience}/railway`)).toEqual({
      kind: 'connection',
      aud: `${audience}/railway`,
      connection: 'railway',
    });
    expect(parse(`${issuer}/api/v1`)).toEqual({ kind: 'admin', aud: `${issuer}/api/v1` });
  });

  test.each([
    ['the default port written out', `https://${host}:443/gateway/railway`],
    ['the scheme and the host in capitals', `HTTPS://${host.toUpperCase()}/gateway/railway`],
    ['dot segments', `${issuer}/gateway/./x/../railway`],
  ])("is compared as a URL: %s makes no difference, and the audience has Writ's spelling", (_, value) => {
    expect(parse(value)).toEqual({ kind: 'connection', aud: `${audience}/railway`, connection: 'railway' });
  });

  test('of an issuer whose own URL has another spelling is the same', () => {
    const other = `https://${host.toUpperCase()}:443`;
    expect(parseResource(audience, other)).toEqual({ kind: 'gateway', aud: `${other}/gateway` });
  });

  test.each([
    '',
    `${audience}/`,
    `${audience}//railway`,
    `${audience}/railway/`,
    `${audience}/railway/x`,
    `${audience}/Railway`,
    `${audience}/railway#x`,
    `${audience}/railway?x`,
    `${audience}/..`,
    `${audience}/%72ailway`,
    `${audience}\\railway`,
    `${audience}/rail\tway`,
    `${audience}/railway `,
    `${issuer}/gatewayx`,
    `${issuer}/GATEWAY`,
    `${issuer}:8443/gateway`,
    `http://${host}/gateway`,
    'https://user@writ.example.com/gateway',
    'https://evil.example/gateway',
    'gateway',
    '/gateway',
  ])('%j is no target', (value) => {
    expect(parse(value)).toBeUndefined();
  });
});

describe('introspection', () => {
  const token = { claims: claims({ authorization_details: [detail] }), live: true };
  const own = { client_id: 'agent-1', may_see_others: false, audiences: [] };
  const service = { client_id: 'service', may_see_others: true, audiences: [audience] };

  test('of a live token describes it, to its client and to every client that may ask', () => {
    const wanted = { active: true, ...token.claims, token_type: 'Bearer' };
    expect(introspectionResponse(token, own)).toEqual(wanted);
    expect(introspectionResponse(token, service)).toEqual(wanted);
  });

  test('of a bound token says so', () => {
    const cnf = { jkt: 'A'.repeat(43) };
    expect(introspectionResponse({ claims: claims({ cnf }), live: true }, own)).toMatchObject({
      token_type: 'DPoP',
      cnf,
    });
  });

  test('shows details that are not in the token', () => {
    const stored = { claims: claims({ authorization_details_id: 'det_1' }), live: true, details: [detail] };
    const answer = introspectionResponse(stored, own);
    expect(answer['authorization_details']).toEqual([detail]);
    expect(answer).not.toHaveProperty('authorization_details_id');
  });

  test.each([
    ['unknown', {}, service],
    ['no longer live', { live: false }, service],
    ['another’s', {}, { ...own, client_id: 'agent-2' }],
    ['for another audience', {}, { ...service, audiences: [`${issuer}/api/v1`] }],
  ])('of a token that is %s is exactly inactive', (name, changes, asker) => {
    const asked = name === 'unknown' ? { live: true } : { ...token, ...changes };
    expect(JSON.stringify(introspectionResponse(asked, asker))).toBe('{"active":false}');
    expect(INACTIVE).toEqual({ active: false });
  });
});

describe('insufficient details', () => {
  test('are answered with the details to ask for', () => {
    const answer = insufficientAuthorizationDetails({
      scheme: 'DPoP',
      resource_metadata: `${issuer}/.well-known/oauth-protected-resource/gateway`,
      authorization_details: [detail],
      approval_required: true,
    });
    expect(answer).toEqual({
      www_authenticate: `DPoP error="insufficient_authorization_details", resource_metadata="${issuer}/.well-known/oauth-protected-resource/gateway"`,
      members: { authorization_details: [detail], approval_required: true },
    });
  });

  test('leave out members that would not help, and no value breaks out of the header', () => {
    const answer = insufficientAuthorizationDetails({
      scheme: 'Bearer',
      resource_metadata: 'https://w.example/"\r\nX: y',
      authorization_details: [],
    });
    expect(answer.members).toEqual({});
    expect(answer.www_authenticate).not.toMatch(/[\r\n]/);
    expect(answer.www_authenticate.match(/"/g)).toHaveLength(4);
  });
});

describe('features in the metadata', () => {
  const server = { issuer, grantTypes: ['client_credentials'], authMethods: ['private_key_jwt'], scopes: ['writ:use'] };

  test('no features leave the document unchanged', () => {
    expect(authorizationServerMetadata(withFeatures(server, {}))).toEqual(authorizationServerMetadata(server));
  });

  test('all are said, each once, in the standard’s names', () => {
    const features = {
      token_exchange: true,
      jwt_bearer: true,
      deferred: true,
      dpop: true,
      introspection: true,
      revocation: true,
    };
    const once = withFeatures(server, features);
    expect(withFeatures(once, features)).toEqual(once);
    expect(authorizationServerMetadata(once)).toMatchObject({
      grant_types_supported: Object.values(GRANT_TYPES),
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
      introspection_endpoint: `${issuer}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: ['private_key_jwt'],
      revocation_endpoint: `${issuer}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: ['private_key_jwt'],
      deferred_token_response_supported: true,
    });
  });
});
