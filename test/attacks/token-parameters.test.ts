/** The parameters of the token endpoint, and rows 14 and 17 where a token is asked for. */
import { inert } from '@writ/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  arrived,
  basic,
  deleteProduction,
  type Issued,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
} from '../support/scene.ts';
import { askingOf, errorOf, JWT_BEARER, KEYED, registerKeyed, type TokenEndpoint } from './asking.ts';

let scene: Scene;
let asking: TokenEndpoint;
beforeAll(async () => {
  scene = await openScene();
  await registerKeyed(scene);
  asking = askingOf(scene);
});
afterAll(() => scene.close());

describe('parameters', () => {
  const refused: [string, [string, string][], string][] = [
    [
      'grant_type twice',
      [
        ['grant_type', 'client_credentials'],
        ['grant_type', 'client_credentials'],
      ],
      'invalid_request',
    ],
    [
      'task twice',
      [
        ['grant_type', 'client_credentials'],
        ['task', 'a'],
        ['task', 'b'],
      ],
      'invalid_request',
    ],
    [
      'resource twice',
      [
        ['grant_type', 'client_credentials'],
        ['resource', 'a'],
        ['resource', 'b'],
      ],
      'invalid_target',
    ],
    ['no grant_type', [['task', 'a']], 'invalid_request'],
    ['grant_type in capitals', [['grant_type', 'CLIENT_CREDENTIALS']], 'unsupported_grant_type'],
    ['grant_type with a space', [['grant_type', 'client_credentials ']], 'unsupported_grant_type'],
    ['a prototype as grant_type', [['grant_type', '__proto__']], 'unsupported_grant_type'],
    [
      'password',
      [
        ['grant_type', 'password'],
        ['username', 'owner@example.com'],
        ['password', 'x'],
      ],
      'unsupported_grant_type',
    ],
    [
      'a refresh token',
      [
        ['grant_type', 'refresh_token'],
        ['refresh_token', 'x'],
      ],
      'unsupported_grant_type',
    ],
    [
      'a scope',
      [
        ['grant_type', 'client_credentials'],
        ['scope', 'admin'],
      ],
      'invalid_scope',
    ],
    [
      'task and task_id',
      [
        ['grant_type', 'client_credentials'],
        ['task', 'a'],
        ['task_id', 'tsk_x'],
      ],
      'invalid_request',
    ],
    [
      'a purpose too long',
      [
        ['grant_type', 'client_credentials'],
        ['task', 'x'.repeat(201)],
      ],
      'invalid_request',
    ],
    [
      'a life in words',
      [
        ['grant_type', 'client_credentials'],
        ['expires_in', '1e9'],
      ],
      'invalid_request',
    ],
    [
      'a negative life',
      [
        ['grant_type', 'client_credentials'],
        ['expires_in', '-1'],
      ],
      'invalid_request',
    ],
    [
      'no life at all',
      [
        ['grant_type', 'client_credentials'],
        ['expires_in', '0'],
      ],
      'invalid_request',
    ],
  ];
  test.each(refused)('%s is refused', async (_, pairs, error) => {
    const answer = await asking.ask(new URLSearchParams(pairs), { authorization: basic(scene.agent) });
    expect(errorOf(answer)).toEqual([400, error]);
  });

  test.each([
    'ISSUER/gateway#x',
    'ISSUER/gateway/',
    'ISSUER/gateway?x',
    'ISSUER/gateway/railway/x',
    'ISSUER/gateway/nothing',
    'ISSUER/GATEWAY',
    'ISSUER/api/v1',
    'ISSUER',
    'http://evil@LOCAL/gateway',
    'https://evil.example/gateway',
    'ISSUER/gateway/%72ailway',
    'urn:x',
    'gateway',
  ])('the resource %s is not one of ours', async (resource) => {
    const { host } = new URL(scene.broker.url);
    const asked = resource.replace('ISSUER', scene.broker.url).replace('LOCAL', host);
    expect(errorOf(await asking.askAs(scene.agent, { resource: asked }))).toEqual([400, 'invalid_target']);
  });

  const detail = {
    type: 'provider_operations',
    connection: 'railway',
    environments: ['staging'],
    operations: ['*:read'],
  };
  test.each<[string, unknown]>([
    ['an object', detail],
    ['an empty list', []],
    ['a hundred entries', Array.from({ length: 100 }, () => detail)],
    ['an empty entry', [{}]],
    ['another type', [{ ...detail, type: 'payment' }]],
    ['an unknown member', [{ ...detail, approved: true }]],
    ['no environments', [{ ...detail, environments: [] }]],
    ['no operations', [{ ...detail, operations: [] }]],
    ['an unknown environment', [{ ...detail, environments: ['stagin'] }]],
    ['an unknown connection', [{ ...detail, connection: 'railwa' }]],
    ['an unknown operation', [{ ...detail, operations: ['volumeDelet'] }]],
    ['a list in a list', [[detail]]],
    ['a text', 'x'],
    ['null', null],
    ['a prototype', JSON.parse(`[{"__proto__":${JSON.stringify(detail)}}]`)],
    ['row 17: more than the client was granted', [{ ...detail, environments: ['production'] }]],
    ['row 17: a destructive operation', [{ ...detail, operations: ['volumeDelete'] }]],
  ])('authorization_details: %s is refused', async (_, details) => {
    const answer = await asking.askAs(scene.agent, { authorization_details: JSON.stringify(details) });
    expect(answer.status).toBe(400);
    expect(['invalid_authorization_details', 'access_denied', 'invalid_request']).toContain(errorOf(answer)[1]);
  });

  test('row 17: a token that names everything does no more than its grants', async () => {
    const authorization_details = JSON.stringify([
      { ...detail, environments: ['*'], operations: ['*', '*:destroy', '*:escalate'] },
    ]);
    const answer = await asking.askAs(scene.agent, { authorization_details });
    const { access_token } = JSON.parse(answer.text) as Issued;
    expect((await scene.graphql(access_token, readStaging())).status).toBe(200);
    const [deleted, read] = [
      await scene.graphql(access_token, deleteProduction('Everything')),
      await scene.graphql(access_token, 'query Everything { environment(id: "e_production") { id } }'),
    ];
    expect([refusalOf(deleted), refusalOf(read)]).toEqual([
      [403, 'operation_not_granted'],
      [403, 'environment_not_granted'],
    ]);
    expect(await arrived(scene, 'Everything')).toEqual([]);
  });

  test('ten thousand entries are refused before they are read', async () => {
    const answer = await asking.askAs(scene.agent, {
      authorization_details: JSON.stringify(Array.from({ length: 10_000 }, () => detail)),
    });
    expect(answer.status).toBe(413);
  });

  test('duplicate members of authorization_details are refused', async () => {
    const text =
      '[{"type":"provider_operations","connection":"railway","environments":["staging"],"environments":["production"],"operations":["*:read"]}]';
    expect(errorOf(await asking.askAs(scene.agent, { authorization_details: text }))[0]).toBe(400);
  });

  test.each<[string, RequestInit]>([
    [
      'JSON',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"grant_type":"client_credentials"}' },
    ],
    ['multipart', { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' }],
    ['no type', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'grant_type=client_credentials' }],
    ['GET', { method: 'GET' }],
    ['PUT', { method: 'PUT', body: new URLSearchParams({ grant_type: 'client_credentials' }) }],
    [
      'a body of 1 MB',
      {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', filler: 'x'.repeat(1_000_000) }),
      },
    ],
  ])('%s is refused', async (_, init) => {
    const headers = { authorization: basic(scene.agent), ...(init.headers as Record<string, string> | undefined) };
    const { status } = await scene.send('/oauth/token', { ...init, headers });
    expect([400, 404, 405, 413, 415]).toContain(status);
  });

  test('two ways of proving oneself are one too many, and a secret in the body none', async () => {
    const both = { client_assertion: asking.assertion(), client_assertion_type: JWT_BEARER };
    expect(errorOf(await asking.askAs(scene.agent, both))).toEqual([400, 'invalid_request']);
    const inBody = {
      grant_type: 'client_credentials',
      client_id: scene.agent.client_id,
      client_secret: scene.agent.secret,
    };
    expect(errorOf(await asking.ask(inBody))).toEqual([401, 'invalid_client']);
    expect(errorOf(await asking.askAs(scene.agent, { client_id: KEYED }))).toEqual([401, 'invalid_client']);
    const inQuery = await scene.send(`/oauth/token?${new URLSearchParams(inBody).toString()}`, {
      method: 'POST',
      body: new URLSearchParams(),
    });
    expect(inQuery.status).toBeGreaterThanOrEqual(400);
  });

  test('row 14: an identity of a CI system that no client was registered for gets nothing', async () => {
    const types = ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'urn:ietf:params:oauth:grant-type:token-exchange'];
    for (const grant_type of types) {
      const identity = asking.assertion({ iss: 'https://evil.example', sub: 'repo:acme/rentals:ref:refs/heads/main' });
      const subject = { subject_token: identity, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' };
      const answer = await asking.ask({ grant_type, assertion: identity, ...subject });
      expect([400, 401]).toContain(answer.status);
      expect(answer.text).not.toContain('access_token"');
    }
    const auth = { method: 'federated', issuer: 'https://evil.example', audience: 'x', claims: {} };
    const made = scene.owner.client.call('clients.create', {
      client_id: 'federated',
      kind: 'ci',
      name: 'x',
      auth: auth as never,
    });
    await expect(made).rejects.toMatchObject({ status: 422 });
  });

  test('a purpose with line breaks, bidi and zero-width characters is shown as what it is', async () => {
    const task = 'fix\r\nX-Injected: 1 \u202etxt.exe\u200b\u001b[31m';
    const { task_id } = await scene.token(scene.agent, { task });
    const { purpose } = await scene.owner.client.call('tasks.get', { id: task_id });
    const exported: string[] = [];
    const { items } = await scene.owner.client.call('audit.list', { task_id });
    exported.push(JSON.stringify(items), String(purpose));
    for (const text of exported) expect(text).toBe(inert(text));
    expect(purpose).toContain('\\u{202e}');
  });

  test('hosts that a request claims change neither issuer nor audience', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    const { text } = await asking.askAs(scene.agent, {}, headers);
    const { access_token } = JSON.parse(text) as { access_token: string };
    const payload = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(payload).toMatchObject({ iss: scene.broker.url, aud: `${scene.broker.url}/gateway` });
    const metadata = await scene.send('/.well-known/oauth-authorization-server', { headers });
    expect(metadata.text).not.toContain('evil.example');
  });
});
