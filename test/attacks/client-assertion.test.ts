/** Client assertions: the JWT attack list at the token endpoint; row 15, what a client that is refused learns. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jwtAttacks } from '../support/jwt-attacks/index.ts';
import { basic, openScene, readStaging, type Scene } from '../support/scene.ts';
import { askingOf, errorOf, header, KEYED, pair, registerKeyed, type TokenEndpoint } from './asking.ts';

let scene: Scene;
let asking: TokenEndpoint;
beforeAll(async () => {
  scene = await openScene();
  await registerKeyed(scene);
  asking = askingOf(scene);
});
afterAll(() => scene.close());

test('a good assertion gets a token, once', async () => {
  const one = asking.assertion();
  expect((await asking.byAssertion(one)).status).toBe(200);
  expect(errorOf(await asking.byAssertion(one))).toEqual([401, 'invalid_client']);
});

test('of fifty that present one assertion at once, one gets a token', async () => {
  const one = asking.assertion();
  const answers = await Promise.all(Array.from({ length: 50 }, () => asking.byAssertion(one)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
});

test('every attack of the JWT list is refused as a client assertion, all alike', { timeout: 90_000 }, async () => {
  const attacks = jwtAttacks({ header, payload: asking.claims(), privateKey: pair.privateKey });
  const through: string[] = [];
  const bodies = new Set<string>();
  for (const [name, token] of attacks) {
    const answer = await asking.byAssertion(token);
    // A form with a NUL is refused before anybody looks for a client in it.
    const expected = token.length > 60_000 ? 413 : token.includes('\0') ? 400 : 401;
    if (answer.status !== expected) through.push(`${name}: ${answer.status}`);
    if (answer.status === 401) bodies.add(answer.text);
  }
  expect(through).toEqual([]);
  expect([...bodies].map((text) => JSON.parse(text) as object)).toEqual([
    { error: 'invalid_client', error_description: 'The client could not be authenticated.' },
  ]);
});

describe('an assertion for somewhere or something else', () => {
  test.each<[string, object]>([
    ['the token endpoint as audience', { aud: 'ISSUER/oauth/token' }],
    ['another server', { aud: 'https://evil.example' }],
    ['two audiences', { aud: ['ISSUER', 'https://evil.example'] }],
    ['another client as subject', { sub: 'somebody' }],
    ['another client as issuer', { iss: 'somebody' }],
    ['a life of a day', { exp: 4_102_444_800 }],
    ['issued an hour ago', { iat: 1_700_000_000 }],
  ])('%s', async (_, changes) => {
    const text = JSON.stringify(changes).replaceAll('ISSUER', scene.broker.url);
    expect(errorOf(await asking.byAssertion(asking.assertion(JSON.parse(text) as object)))).toEqual([
      401,
      'invalid_client',
    ]);
  });

  test('an access token is not a client assertion', async () => {
    const { access_token } = await scene.token();
    expect(errorOf(await asking.byAssertion(access_token))).toEqual([401, 'invalid_client']);
  });
});

describe('row 15: why a client is refused is in the audit log alone', () => {
  test('an unknown client, a wrong secret, a disabled one and one of another method are answered alike', async () => {
    const disabled = await scene.client();
    await scene.owner.client.call('clients.patch', { id: disabled.client_id, disabled: true });
    const { secret } = scene.agent;
    const answers = await Promise.all([
      asking.askAs({ client_id: 'nobody', secret }),
      asking.askAs({ ...scene.agent, secret: `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}` }),
      asking.askAs({ ...scene.agent, secret: '' }),
      asking.askAs(disabled),
      asking.askAs({ client_id: KEYED, secret }),
      asking.byAssertion(asking.assertion({ iss: scene.agent.client_id, sub: scene.agent.client_id })),
    ]);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const reasons = (await scene.audit({ kind: 'token.refused' })).map(
      ({ data }) => (data as { reason?: string }).reason,
    );
    for (const reason of ['unknown', 'secret', 'disabled', 'other_method']) expect(reasons).toContain(reason);
  });
});
describe('what an ordinary client writes', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const JSON_TYPE = 'application/json';
  /** A request that every door takes: the token endpoint, a sign-in, self, the gateway. */
  const doors = async (): Promise<Readonly<Record<string, readonly [path: string, type: string, body: string]>>> => {
    const explained = {
      method: 'POST',
      path: '/graphql/v2',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: readStaging() }),
    };
    const [email, password] = [`nobody-${randomUUID()}@example.com`, 'not a real password'];
    return {
      token: ['/oauth/token', FORM, 'grant_type=client_credentials'],
      session: ['/api/v1/session', JSON_TYPE, JSON.stringify({ email, password })],
      self: ['/api/v1/self/explain', JSON_TYPE, JSON.stringify({ connection: 'railway', request: explained })],
      gateway: ['/gateway/railway/graphql/v2', JSON_TYPE, JSON.stringify({ query: readStaging() })],
    };
  };

  test.each([
    ['a charset without its hyphen', '; charset=utf8', ''],
    ['a charset in quotes and capitals', ';charset="UTF-8"', ''],
    ['a semicolon at the end', ';', ''],
    ['a byte order mark', '', '\ufeff'],
  ])('%s makes no difference, at any door', async (_, parameter, mark) => {
    const { access_token } = await scene.token();
    const send = async (door: string, type: string, body: string, path: string) => {
      const authorization = door === 'token' ? basic(scene.agent) : `Bearer ${access_token}`;
      const headers = { 'content-type': type, ...(door === 'session' ? {} : { authorization }) };
      for (;;) {
        const { status } = await scene.send(path, { method: 'POST', headers, body: Buffer.from(body) });
        if (status !== 429) return status;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    };
    for (const [door, [path, type, body]] of Object.entries(await doors())) {
      const plain = await send(door, type, body, path);
      expect(await send(door, `${type}${parameter}`, `${mark}${body}`, path), door).toBe(plain);
      expect(plain, door).toBe(door === 'session' ? 401 : 200);
    }
  });

  test('a resource is compared as a URL, and the audience is as it is published', async () => {
    const asked = `${scene.broker.url.toUpperCase()}/gateway/x/../railway`;
    const answer = await asking.askAs(scene.agent, { resource: asked });
    const { access_token } = JSON.parse(answer.text) as { access_token: string };
    const [, claims = ''] = access_token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: `${scene.broker.url}/gateway/railway`,
    });
  });

  test('a secret in the form is refused with what to do instead, for everybody', async () => {
    const { client_id, secret } = scene.agent;
    for (const id of [client_id, 'nobody']) {
      const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
      const { status, text } = await asking.ask(fields);
      expect([status, JSON.parse(text)]).toEqual([
        401,
        {
          error: 'invalid_client',
          error_description: expect.stringContaining('This client proves itself by HTTP Basic'),
        },
      ]);
    }
  });
});
