/** Passkeys over HTTP, against a real broker: what a page sends, and what somebody else makes of it. */
import { type ApiClient, type CallOptions, createClient } from '@writ/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Authenticator, createAuthenticator } from '../support/authenticator.ts';
import { type Broker, startBroker } from '../support/broker.ts';
import { type OwnerAccess, signIn } from '../support/owner.ts';
import { rawRequest } from '../support/raw-request.ts';

let broker: Broker;
let owner: OwnerAccess;
let device: Authenticator;

beforeAll(async () => {
  broker = await startBroker();
  owner = await broker.owner();
  device = createAuthenticator(broker.url);
  const { client, assertion } = owner;
  const { options } = await client.call('passkeys.challenge', { for: 'register' });
  await client.call('passkeys.create', { name: 'Key', response: device.create(options) }, { assertion });
}, 60_000);
afterAll(() => broker?.remove());

/** What a page gives as its assertion: a proof by the passkey of exactly this change. */
const byPasskey =
  (client: ApiClient): Extract<CallOptions['assertion'], (...args: never) => unknown> =>
  async (change) => {
    const { options } = await client.call('passkeys.challenge', { for: 'change', change });
    return { passkey: device.get(options) };
  };

const send = (method: string, path: string, body: object, headers: Record<string, string> = { cookie: owner.cookie }) =>
  rawRequest(`${broker.url}/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('a page signs in by passkey, and proves changes of every method with it', async () => {
  const anyone = createClient({ baseUrl: broker.url, fetch });
  expect(await anyone.call('session.methods')).toEqual({ set_up: true, passkey: true });
  const { options } = await anyone.call('passkeys.challenge', { for: 'session' });
  const { status, headers } = await send(
    'POST',
    'session',
    { passkey: device.get(options) },
    { 'user-agent': FIREFOX },
  );
  expect(status).toBe(201);
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const client = createClient({ baseUrl: broker.url, fetch, headers: { cookie } });
  expect(await client.call('me.get')).toMatchObject({ email: owner.email, session: { device: 'Firefox on Linux' } });

  const assertion = byPasskey(client);
  const { id } = await client.call(
    'users.create',
    { email: 'ann@example.com', name: 'Ann', role: 'auditor' },
    { assertion },
  );
  expect(await client.call('users.patch', { id, name: 'Ann É. "x"' }, { assertion })).toMatchObject({
    name: 'Ann É. "x"',
  });
  await client.call('users.delete', { id }, { assertion });
  await client.call('session.delete');
});
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

test('what was proved for one change is refused with any other, and a second time', async () => {
  const user = { email: 'bob@example.com', name: 'Bob', role: 'auditor' };
  const prove = async () => await byPasskey(owner.client)({ method: 'POST', path: '/api/v1/users', body: user });
  const others: readonly [string, string, object][] = [
    ['POST', 'users', { ...user, role: 'owner' }],
    ['POST', 'users/usr_1/reset', {}],
    ['PATCH', 'users/usr_1', { role: 'owner' }],
  ];
  for (const [method, path, body] of others) {
    const { status, json } = await send(method, path, { ...body, assertion: await prove() });
    expect([method, path, status, json['code']]).toEqual([method, path, 403, 'assertion_required']);
  }
  // Another session: after a few wrong ones this one waits.
  const again = await signIn(broker.url, owner);
  const assertion = await byPasskey(again.client)({ method: 'POST', path: '/api/v1/users', body: user });
  const { cookie } = again;
  expect((await send('POST', 'users', { ...user, assertion }, { cookie: owner.cookie })).status).toBe(403);
  expect((await send('POST', 'users', { assertion, ...user }, { cookie })).status).toBe(201);
  expect((await send('POST', 'users', { ...user, assertion }, { cookie })).status).toBe(403);
});

test('a stored session alone neither adds nor removes a passkey, nor changes the password', async () => {
  const { email, password } = owner;
  const { session_token = '' } = await createClient({ baseUrl: broker.url, fetch }).call('session.create', {
    email,
    password,
    client: 'cli',
  });
  const stored = createClient({ baseUrl: broker.url, fetch, token: session_token });
  const { options } = await stored.call('passkeys.challenge', { for: 'register' });
  const response = createAuthenticator(broker.url).create(options);
  const [key] = (await stored.call('passkeys.list')).items;
  const refused = expect.objectContaining({ code: 'assertion_required' });
  await expect(stored.call('passkeys.create', { name: 'x', response })).rejects.toEqual(refused);
  await expect(stored.call('passkeys.delete', { id: key?.id ?? '' })).rejects.toEqual(refused);
  await expect(stored.call('me.password', { new_password: `${password} 2` })).rejects.toEqual(refused);
  expect((await stored.call('passkeys.list')).items).toHaveLength(1);
});

test('a session that has ended, or is none, keeps nobody from signing in, and asks for nothing else', async () => {
  const { cookie, client } = await signIn(broker.url, owner);
  await client.call('session.delete');
  for (const headers of [
    { cookie },
    { cookie: 'writ_session=writ_ss_x' },
    { authorization: 'Bearer made.up.token' },
    {},
  ]) {
    expect((await send('POST', 'passkeys/challenge', { for: 'session' }, headers)).status).toBe(200);
    expect((await send('POST', 'passkeys/challenge', { for: 'register' }, headers)).status).toBe(401);
    const change = { method: 'POST', path: '/api/v1/users', body: {} };
    expect((await send('POST', 'passkeys/challenge', { for: 'change', change }, headers)).status).toBe(401);
  }
});

test('what is no challenge, no change and no proof is refused by name', async () => {
  const wrong = async (body: object, path = 'passkeys/challenge') => {
    const { status, json } = await send('POST', path, body);
    expect(status).toBe(422);
    return json['fields'];
  };
  expect(await wrong({ for: 'sesion' })).toMatchObject([
    { field: 'for', problem: 'must be session, register or change' },
  ]);
  expect(await wrong({ for: 'change' })).toMatchObject([{ field: 'change', problem: 'is missing' }]);
  const change = { method: 'POST', path: 'https://evil.example/', body: {} };
  expect(await wrong({ for: 'change', change })).toMatchObject([{ field: 'change.path' }]);
  expect(await wrong({}, 'session')).toMatchObject([{ problem: 'must have email and password or passkey' }]);
  expect(await wrong({ passkey: { id: 'no base64url!' } }, 'session')).not.toEqual([]);
});
