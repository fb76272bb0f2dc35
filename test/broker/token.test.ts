import { issueToken, oauthMetadata, publicKeys } from '@writ/broker';
import { GRANT_TYPES } from '@writ/tokens';
import { importJWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getRefusal } from '../../packages/broker/src/refusals/get.ts';
import { listTokens } from '../../packages/broker/src/tokens/list.ts';
import { DATABASES } from '../support/store.ts';
import { basic, ISSUER, openTokenScene, type TokenScene, taskOf, tokenOf } from '../support/token-scene.ts';

describe.each(DATABASES)('the token endpoint, on %s', (kind) => {
  let it: TokenScene;

  beforeAll(async () => {
    it = await openTokenScene(kind);
  });
  afterAll(() => it?.close());

  test('a token is what the metadata and the keys say: a JWT for the gateway, within the grants, bound to a task', async () => {
    const reply = await it.ask({ task: 'add a custom domain to staging' });
    expect(reply).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(reply.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      authorization_details: [
        { type: 'provider_operations', connection: 'railway', environments: ['staging', 'shared'] },
      ],
    });
    const { keys } = publicKeys(it.services) as { keys: Parameters<typeof importJWK>[0][] };
    const key = await importJWK(keys[0] ?? {}, 'ES256');
    const { payload, protectedHeader } = await jwtVerify(tokenOf(reply), key, {
      issuer: ISSUER,
      audience: `${ISSUER}/gateway`,
    });
    expect(protectedHeader.typ).toBe('at+jwt');
    expect(payload).toMatchObject({ sub: 'helper', client_id: 'helper', task_id: Reflect.get(reply.body, 'task_id') });
    expect(oauthMetadata(it.services)).toMatchObject({
      issuer: ISSUER,
      grant_types_supported: Object.values(GRANT_TYPES),
      deferred_token_response_supported: true,
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'none'],
    });
  });

  test('the row and the audit event are there when it is answered, and neither holds the token', async () => {
    const reply = await it.ask({ task: 'look' });
    const task_id = taskOf(reply);
    const { items } = await listTokens(it.owner(), { task_id, limit: 10 });
    expect(items).toMatchObject([{ client_id: 'helper', status: 'live' }]);
    const event = (await it.audit()).find((entry) => entry['kind'] === 'token.issued' && entry['task_id'] === task_id);
    expect(event).toMatchObject({ client_id: 'helper', data: { purpose: 'look', jti: items[0]?.jti } });
    const everything = JSON.stringify([await it.audit(), it.logged, items]);
    expect(everything).not.toContain(tokenOf(reply));
    expect(everything).not.toContain(it.secret);
  });

  test('private_key_jwt authenticates, and an assertion is good once, however many at once', async () => {
    const form = await it.asRobot();
    const replies = await Promise.all(Array.from({ length: 10 }, () => it.ask(form, '')));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
  });

  test('every failure to authenticate gets the identical answer', async () => {
    const wrong = basic('helper', `${it.secret.slice(0, -1)}${it.secret.endsWith('x') ? 'y' : 'x'}`);
    const attempts = [
      await it.ask({}, wrong),
      await it.ask({}, basic('nobody', it.secret)),
      await it.ask({}, basic('robot', it.secret)),
      await it.ask({ client_id: 'robot' }),
      await it.ask({}, 'Basic !!!'),
    ];
    const others = [
      await it.ask({}, ''),
      await it.ask(await it.asRobot({ aud: `${ISSUER}/oauth/token` }), ''),
      await it.ask(await it.asRobot({ iss: 'helper', sub: 'helper' }), ''),
      await it.ask({ ...(await it.asRobot()), client_assertion_type: 'other' }, ''),
    ];
    const inForm = await it.ask({ client_secret: it.secret, client_id: 'helper' }, '');
    // Of a secret in the form everybody is told where it belongs.
    expect(inForm).toEqual(await it.ask({ client_secret: it.secret, client_id: 'nobody' }, ''));
    expect(inForm.status).toBe(401);
    for (const { status, body } of [...attempts, ...others]) {
      expect({ status, body }).toEqual({
        status: 401,
        body: { error: 'invalid_client', error_description: 'The client could not be authenticated.' },
      });
    }
    expect(attempts.every(({ headers }) => headers['www-authenticate'] === 'Basic realm="writ"')).toBe(true);
    const reasons = (await it.audit())
      .filter((entry) => entry['result'] === 'invalid_client')
      .map((entry) => Reflect.get(Object(entry['data']), 'reason'));
    expect(reasons).toEqual(
      expect.arrayContaining(['secret', 'unknown', 'other_method', 'malformed', 'no_method', 'aud']),
    );
  });

  test('two ways to authenticate, or a parameter twice, are an invalid request', async () => {
    expect((await it.ask(await it.asRobot())).body).toMatchObject({ error: 'invalid_request' });
    const twice = await issueToken(it.anyone(), {
      authorization: basic('helper', it.secret),
      form: 'grant_type=client_credentials&task=a&task=b',
    });
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const resources = `resource=${ISSUER}/gateway&resource=${ISSUER}/gateway/railway`;
    const two = await issueToken(it.anyone(), {
      authorization: basic('helper', it.secret),
      form: `grant_type=client_credentials&${resources}`,
    });
    expect(two.body).toMatchObject({ error: 'invalid_target' });
  });

  test.each([
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['a scope', { scope: 'admin' }, 'invalid_scope'],
    ['a resource of somebody else', { resource: 'https://example.com' }, 'invalid_target'],
    ['a connection that is not there', { resource: `${ISSUER}/gateway/nowhere` }, 'invalid_target'],
    ['the admin API, for an agent', { resource: `${ISSUER}/api/v1` }, 'invalid_target'],
    ['task and task_id', { task: 'a', task_id: 'b' }, 'invalid_request'],
    ['a task of nobody', { task_id: 'tsk_00000000000000000000000000' }, 'invalid_request'],
    ['a purpose that is too long', { task: 'x'.repeat(201) }, 'invalid_request'],
    ['a life that is no number', { expires_in: '1e3' }, 'invalid_request'],
    ['details that are no array', { authorization_details: '{}' }, 'invalid_authorization_details'],
    ['no details at all', { authorization_details: '[]' }, 'invalid_authorization_details'],
    [
      'details with a member twice',
      { authorization_details: '[{"type":"a","type":"provider_operations"}]' },
      'invalid_authorization_details',
    ],
  ])('%s is refused', async (_what, parameters, error) => {
    const reply = await it.ask(parameters);
    expect(reply).toMatchObject({ status: 400, body: { error } });
  });

  const detail = (change: object = {}) =>
    JSON.stringify([
      {
        type: 'provider_operations',
        connection: 'railway',
        environments: ['staging'],
        operations: ['*:read'],
        ...change,
      },
    ]);

  test.each([
    ['an unknown environment', { environments: ['stagin'] }, 'staging'],
    ['an unknown operation', { operations: ['volumeDelet'] }, 'volumeDelete'],
    ['what no grant covers', { operations: ['volumeDelete'] }, 'no grant'],
    ['an environment no grant covers', { environments: ['production'] }, 'no grant'],
    ['a connection no grant covers', { connection: 'nowhere' }, 'no grant'],
    ['an unknown member', { actions: ['x'] }, 'authorization_details'],
    ['what no database can hold', { resources: ['service:\0'] }, 'NUL'],
  ])('a detail with %s is refused, and told why', async (_what, change, hint) => {
    const reply = await it.ask({ authorization_details: detail(change) });
    expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_authorization_details' } });
    expect(Reflect.get(reply.body, 'error_description')).toContain(hint);
    expect('error_uri' in reply.body).toBe(hint === 'no grant');
  });

  test('a token request beyond the grants leads to the smallest grant that would do, where that is no wider than what was asked', async () => {
    const asked = { environments: ['production'], operations: ['customDomainCreate'] };
    const refusalOf = async (more: object) => {
      const reply = await it.ask({ authorization_details: detail({ ...asked, ...more }) });
      const url = new URL(String(Reflect.get(reply.body, 'error_uri')));
      expect(`${url.origin}${url.pathname}`).toBe(`${ISSUER}/grants/new`);
      return await getRefusal(it.owner(), { request_id: url.searchParams.get('request') ?? '' });
    };
    const missing = [{ type: 'provider_operations', connection: 'railway', ...asked }];
    expect(await refusalOf({})).toMatchObject({ code: 'invalid_authorization_details', grant_for: 'helper', missing });
    // The log does not keep conditions, and a grant without them would be for more than was asked.
    const conditions = { customDomainCreate: { 'input.domain': { equals: 'fake-value' } } };
    const wider = await refusalOf({ arguments: conditions });
    expect(wider).toMatchObject({ missing: [], grant_for: null, why: expect.stringMatching(/conditions .* by hand/) });
    expect(JSON.stringify(await it.audit())).not.toContain('fake-value');
    await expect(getRefusal(it.owner(), { request_id: 'req_none' })).rejects.toMatchObject({ code: 'not_found' });
  });
});
