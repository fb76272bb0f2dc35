import { randomUUID } from 'node:crypto';
import {
  authenticateAutomation,
  authenticateHolder,
  createClient,
  createGrant,
  deleteGrant,
  endTask,
  getSelf,
  importEnvironments,
  issueToken,
  listOwnOperations,
  listTokens,
  oauthMetadata,
  patchClient,
  publicKeys,
  revokeTokens,
  rotateSecret,
} from '@writ/broker';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import { connectRailway, openTestServices, type TestServices } from '../support/services.ts';
import { DATABASES } from '../support/store.ts';

const ISSUER = 'http://localhost:8700';
const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

describe.each(DATABASES)('the token endpoint, on %s', (kind) => {
  let it: TestServices;
  let railway: RailwayUpstream;
  let secret = '';
  let privateKey: CryptoKey;

  const ask = (parameters: Record<string, string>, authorization: string | undefined = basic('helper', secret)) =>
    issueToken(it.anyone(), {
      ...(authorization === '' ? {} : { authorization }),
      form: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }).toString(),
    });
  const assertion = (claims: Record<string, unknown> = {}) =>
    new SignJWT({ iss: 'robot', sub: 'robot', aud: ISSUER, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(privateKey);
  const asked = async (claims: Record<string, unknown> = {}) => ({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(claims),
  });
  const tokenOf = (reply: { body: object }): string => String(Reflect.get(reply.body, 'access_token'));

  beforeAll(async () => {
    it = await openTestServices(kind, { tokenRate: { per_second: 1000, burst: 1000 } });
    railway = await connectRailway(it);
    await importEnvironments(it.owner(), { connection: 'railway' });
    const auth = { method: 'client_secret_basic' as const };
    const made = await createClient(it.owner(), { client_id: 'helper', kind: 'agent', name: 'Helper', auth });
    secret = made.client_secret ?? '';
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    const { kty = '', crv = '', x = '', y = '' } = await exportJWK(pair.publicKey);
    const jwks = { keys: [{ kty, crv, x, y, kid: 'k1' }] };
    await createClient(it.owner(), {
      client_id: 'robot',
      kind: 'automation',
      name: 'Robot',
      auth: { method: 'private_key_jwt', jwks },
    });
    for (const client_id of ['helper', 'robot']) {
      const scope = {
        connection: 'railway',
        environments: ['staging', 'shared'],
        operations: ['*:read', 'customDomain*'],
      };
      await createGrant(it.owner(), { client_id, ...scope });
    }
  });
  afterAll(async () => {
    await railway?.stop();
    await it?.close();
  });

  test('a token is what the metadata and the keys say: a JWT for the gateway, within the grants, bound to a task', async () => {
    const reply = await ask({ task: 'add a custom domain to staging' });
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
    expect(oauthMetadata(it.services)).toMatchObject({ issuer: ISSUER, grant_types_supported: ['client_credentials'] });
  });

  test('the row and the audit event are there when it is answered, and neither holds the token', async () => {
    const reply = await ask({ task: 'look' });
    const task_id = String(Reflect.get(reply.body, 'task_id'));
    const { items } = await listTokens(it.owner(), { task_id, limit: 10 });
    expect(items).toMatchObject([{ client_id: 'helper', status: 'live' }]);
    const event = (await it.audit()).find((entry) => entry['kind'] === 'token.issued' && entry['task_id'] === task_id);
    expect(event).toMatchObject({ client_id: 'helper', data: { purpose: 'look', jti: items[0]?.jti } });
    const everything = JSON.stringify([await it.audit(), it.logged, items]);
    expect(everything).not.toContain(tokenOf(reply));
    expect(everything).not.toContain(secret);
  });

  test('private_key_jwt authenticates, and an assertion is good once, however many at once', async () => {
    const form = await asked();
    const replies = await Promise.all(Array.from({ length: 10 }, () => ask(form, '')));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
  });

  test('every failure to authenticate gets the identical answer', async () => {
    const wrong = basic('helper', `${secret.slice(0, -1)}x`);
    const attempts = [
      await ask({}, wrong),
      await ask({}, basic('nobody', secret)),
      await ask({}, basic('robot', secret)),
      await ask({ client_id: 'robot' }),
      await ask({}, 'Basic !!!'),
    ];
    const others = [
      await ask({}, ''),
      await ask({ client_secret: secret, client_id: 'helper' }, ''),
      await ask(await asked({ aud: `${ISSUER}/oauth/token` }), ''),
      await ask(await asked({ iss: 'helper', sub: 'helper' }), ''),
      await ask({ ...(await asked()), client_assertion_type: 'other' }, ''),
    ];
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
    expect((await ask(await asked())).body).toMatchObject({ error: 'invalid_request' });
    const twice = await issueToken(it.anyone(), {
      authorization: basic('helper', secret),
      form: 'grant_type=client_credentials&task=a&task=b',
    });
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const resources = `resource=${ISSUER}/gateway&resource=${ISSUER}/gateway/railway`;
    const two = await issueToken(it.anyone(), {
      authorization: basic('helper', secret),
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
    const reply = await ask(parameters);
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
  ])('a detail with %s is refused, and told why', async (_what, change, hint) => {
    const reply = await ask({ authorization_details: detail(change) });
    expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_authorization_details' } });
    expect(Reflect.get(reply.body, 'error_description')).toContain(hint);
  });

  test('details narrow the token, and many of them stay in the database', async () => {
    const reply = await ask({ authorization_details: detail() });
    expect(reply.body).toMatchObject({
      authorization_details: [{ environments: ['staging'], operations: ['*:read'] }],
    });
    const operations = Array.from(
      { length: 16 },
      () => JSON.parse(detail({ resources: Array.from({ length: 12 }, (_, i) => `service:s_${i}_abcdefghij`) }))[0],
    );
    const large = await ask({ authorization_details: JSON.stringify(operations) });
    expect(large.status).toBe(200);
    const holder = await authenticateHolder(it.services, tokenOf(large));
    expect(holder.authorization_details).toHaveLength(16);
    expect(tokenOf(large).length).toBeLessThan(1500);
  });

  test('a life is what was asked, at most what the grant allows', async () => {
    expect((await ask({ expires_in: '60' })).body).toMatchObject({ expires_in: 60 });
    expect((await ask({ expires_in: '999999' })).body).toMatchObject({ expires_in: 3600 });
  });

  test('a task goes on with its id, for its own client alone, until it is ended', async () => {
    const first = await ask({ task: 'one' });
    const task_id = String(Reflect.get(first.body, 'task_id'));
    expect((await ask({ task_id })).body).toMatchObject({ task_id });
    expect((await ask({ ...(await asked()), task_id }, '')).body).toMatchObject({ error: 'invalid_request' });
    await endTask(it.owner(), { id: task_id });
    expect((await ask({ task_id })).body).toMatchObject({ error: 'invalid_request' });
    await expect(authenticateHolder(it.services, tokenOf(first))).rejects.toMatchObject({ code: 'invalid_token' });
  });

  test('the holder sees its own task, and what it may do with the outcome', async () => {
    const token = tokenOf(await ask({ task: 'look around' }));
    const actor = await authenticateHolder(it.services, token);
    const ctx = { ...it.owner(), actor };
    expect(await getSelf(ctx, {})).toMatchObject({ client_id: 'helper', task: { purpose: 'look around' } });
    const { items } = await listOwnOperations(ctx, { q: 'customDomain', limit: 100 });
    const names = items.map(
      ({ name, environments }) => `${name} ${environments.map((each) => each.environment).join()}`,
    );
    expect(names).toContain('customDomainCreate shared,staging');
    expect(names.join()).not.toContain('customDomainDelete');
  });

  test('a revoked token is refused on the next request, by each of the ways to revoke', async () => {
    const holds = async (token: string): Promise<boolean> =>
      authenticateHolder(it.services, token).then(
        () => true,
        () => false,
      );
    for (const way of ['jti', 'task_id', 'client_id', 'connection', 'all'] as const) {
      const reply = await ask({ task: way });
      const token = tokenOf(reply);
      expect(await holds(token)).toBe(true);
      const task_id = String(Reflect.get(reply.body, 'task_id'));
      const [row] = (await listTokens(it.owner(), { task_id, limit: 1 })).items;
      const input = {
        jti: { jti: row?.jti ?? '' },
        task_id: { task_id },
        client_id: { client_id: 'helper' },
        connection: { connection: 'railway' },
        all: { all: true as const },
      };
      const { revoked } = await revokeTokens(it.owner(), input[way]);
      expect(revoked).toBeGreaterThanOrEqual(1);
      expect(await holds(token)).toBe(false);
    }
  });

  test('an automation client is at most an admin, at the admin API alone', async () => {
    const reply = await ask({ ...(await asked()), resource: `${ISSUER}/api/v1` }, '');
    expect(reply.body).not.toHaveProperty('authorization_details');
    const actor = await authenticateAutomation(it.services, tokenOf(reply));
    expect(actor).toMatchObject({ kind: 'automation', client_id: 'robot', role: 'admin' });
    await expect(authenticateHolder(it.services, tokenOf(reply))).rejects.toMatchObject({ code: 'invalid_token' });
    const other = await ask(await asked(), '');
    await expect(authenticateAutomation(it.services, tokenOf(other))).rejects.toMatchObject({ code: 'invalid_token' });
  });

  test('an expired token is refused', async () => {
    const token = tokenOf(await ask({ expires_in: '60' }));
    it.wait(120_000);
    await expect(authenticateHolder(it.services, token)).rejects.toMatchObject({ code: 'invalid_token' });
    it.wait(-120_000);
  });

  test('a rotated secret stops the old one; a disabled client gets and keeps nothing', async () => {
    const before = secret;
    secret = (await rotateSecret(it.owner(), { id: 'helper' })).client_secret;
    expect((await ask({}, basic('helper', before))).status).toBe(401);
    const token = tokenOf(await ask({}));
    await patchClient(it.owner(), { id: 'helper', disabled: true });
    expect((await ask({})).body).toMatchObject({ error: 'invalid_client' });
    await expect(authenticateHolder(it.services, token)).rejects.toMatchObject({ code: 'invalid_token' });
    await patchClient(it.owner(), { id: 'helper', disabled: false });
    expect((await ask({})).status).toBe(200);
  });

  test('without a grant there is no token', async () => {
    const auth = { method: 'client_secret_basic' as const };
    const made = await createClient(it.owner(), {
      client_id: `idle`,
      kind: 'agent',
      name: 'Idle',
      auth,
      require_task: true,
    });
    const as = basic('idle', made.client_secret ?? '');
    expect((await ask({}, as)).body).toMatchObject({ error: 'invalid_request' });
    expect((await ask({ task: 'x' }, as)).body).toMatchObject({ error: 'access_denied' });
    const scope = { connection: 'railway', environments: ['staging'], operations: ['*:read'] };
    const { id } = await createGrant(it.owner(), { client_id: 'idle', ...scope });
    expect((await ask({ task: 'x' }, as)).status).toBe(200);
    await deleteGrant(it.owner(), { id });
    expect((await ask({ task: 'x' }, as)).body).toMatchObject({ error: 'access_denied' });
  });
});
