/** What is wrong with the root credential, or the provider, is told apart by every door: the gateway, `verify`, import, inventory, schema. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeHome } from '../../cli/run.ts';
import type { Behaviour } from '../../support/railway-upstream/behaviour.ts';
import type { World } from '../../support/railway-upstream/world.ts';
import { GRAPHQL_HEADERS, openScene, type Scene } from '../../support/scene.ts';

let scene: Scene;
let world: World;
beforeAll(async () => {
  scene = await openScene();
  world = await scene.railway.state();
  await call('connections.verify');
});
afterAll(() => scene.close());
afterEach(() => heal());

/** It behaves, and knows its tokens. */
async function heal(): Promise<void> {
  await scene.railway.reset({ world: true });
  await scene.railway.setState(world);
}

const VERBS = ['connections.verify', 'connections.schema', 'inventory.list', 'environments.import'] as const;
type Verb = (typeof VERBS)[number];

function call(verb: Verb): Promise<unknown> {
  const { client, assertion } = scene.owner;
  const more = verb === 'environments.import' ? { assertion } : {};
  return client.call(verb, { connection: 'railway' }, more);
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly retry_after?: number;
}

const failure = (verb: Verb): Promise<Told> =>
  call(verb).then(
    () => expect.fail(`${verb} did not fail`),
    (error: Told) => error,
  );

/** A call whose target must be looked up now, since it destroys. */
async function refused(query = 'mutation { customDomainDelete(id: "cd_stag") }') {
  const granted = await scene.client([{ environments: ['staging'], operations: ['*:destroy'] }]);
  const { access_token } = await scene.token(granted);
  const headers = { ...GRAPHQL_HEADERS, authorization: `Bearer ${access_token}` };
  const body = JSON.stringify({ query });
  const answer = await scene.send('/gateway/railway/graphql/v2', { method: 'POST', headers, body });
  const { code, detail, next } = JSON.parse(answer.text).errors[0].extensions.writ as {
    readonly code: string;
    readonly detail: string;
    readonly next: { readonly action: string };
  };
  return { status: answer.status, code, detail, action: next.action, after: answer.headers.get('retry-after') };
}

const status = async (): Promise<string | undefined> =>
  (await scene.owner.client.call('connections.get', { connection: 'railway' })).credentials[0]?.status;

describe('rejected: an administrator must replace it', () => {
  const unknown = (): Promise<void> => scene.railway.setState({ ...world, tokens: [] });
  test.each<[string, () => Promise<void>]>([
    ['by a 401', () => scene.railway.behave({ status: { code: 401 } })],
    ['by a 403', () => scene.railway.behave({ status: { code: 403 } })],
    ['by Railway in a 200: Not Authorized', unknown],
  ])('%s', async (_, reject) => {
    expect(await status()).toBe('verified');
    await reject();
    const answer = await refused();
    expect(answer).toMatchObject({ status: 403, code: 'environment_unresolved', action: 'ask_human', after: null });
    expect(answer.detail).toMatch(/does not accept the root (token|credential).*An administrator must replace it\./);
    // Known from that one call on, to everybody who looks.
    expect(await status()).toBe('rejected');
    // Railway shows its schema to anybody.
    for (const verb of VERBS.filter((each) => reject !== unknown || each !== 'connections.schema')) {
      expect(await failure(verb)).toMatchObject({
        code: 'credential_rejected',
        message: expect.stringContaining('An administrator must replace it.'),
      });
    }
    expect(await status()).toBe('rejected');
    await heal();
    await refused();
    expect(await status()).toBe('verified');
  });

  test('each change is one audit event', async () => {
    const before = (await scene.audit({ kind: 'credential.rejected' })).length;
    await scene.railway.behave({ status: { code: 401 } });
    for (let times = 0; times < 3; times += 1) await refused();
    expect((await scene.audit({ kind: 'credential.rejected' })).length).toBe(before + 1);
    await heal();
    await refused();
    expect((await scene.audit({ kind: 'credential.accepted' })).length).toBeGreaterThan(0);
  });
});

test('a client cannot have it taken for rejected by asking about what the provider refuses with a 403', async () => {
  const events = async () => (await scene.audit({ kind: 'credential.rejected' })).length;
  const before = await events();
  await call('connections.verify');
  await scene.railway.behave({ status: { code: 403 }, only: 'UNION SELECT' });
  const answer = await refused(`mutation { deploymentRemove(id: "' UNION SELECT --") }`);
  expect(answer).toMatchObject({ status: 403, code: 'environment_unresolved' });
  expect(answer.detail).toContain('though it accepts the root credential');
  expect(await status()).toBe('verified');
  expect(await events()).toBe(before);
});

describe('not rejected, but no answer: worth repeating', () => {
  test.each<[string, Behaviour, RegExp, string]>([
    ['silent', { down: true }, /could not be reached/, '5'],
    ['rate-limited', { status: { code: 429, retry_after: 7 } }, /no more requests .*\(429\)/, '7'],
    ['failing', { status: { code: 502 } }, /answered 502/, '5'],
    ['lying', { lie: 'null_edges' }, /gave no usable answer/, '5'],
  ])('%s', async (_, behaviour, words, after) => {
    await scene.railway.behave(behaviour);
    const answer = await refused();
    expect(answer).toMatchObject({ status: 403, code: 'environment_unresolved', action: 'repeat', after });
    expect(answer.detail).toMatch(words);
    const told = await failure('connections.verify');
    expect(told).toMatchObject({ code: 'upstream_unavailable', retry_after: after === '7' ? 7 : undefined });
    expect(told.message).toMatch(words);
    expect(await status()).toBe('verified');
    await scene.railway.behave({ down: false });
  });
});

test('doctor has the provider asked, and tells the same apart', async () => {
  const home = await makeHome(scene.broker.url);
  const { email, password } = scene.owner;
  expect((await home.writ(['login', '--email', email], [password])).code).toBe(0);
  const doctor = async (): Promise<string> => (await home.writ(['doctor', '--json'])).stdout;
  expect(await doctor()).toContain("railway's account_token is verified.");
  await scene.railway.behave({ status: { code: 429, retry_after: 7 } });
  expect(await doctor()).toContain('it takes no more requests with this root credential for now (429)');
  await scene.railway.behave({ status: { code: 401 } });
  expect(await doctor()).toContain("railway's account_token was rejected by the provider.");
  await home.remove();
});

test('without any root credential an administrator is told of a conflict, the agent to ask a human', async () => {
  const { client, assertion } = scene.owner;
  await client.call('connections.patch', { connection: 'railway', base_url: 'http://127.0.0.1:9' }, { assertion });
  const answer = await refused();
  expect(answer).toMatchObject({ status: 503, code: 'unavailable', action: 'ask_human', after: null });
  expect(answer.detail).toContain('has no root credential');
  for (const verb of VERBS) {
    expect(await failure(verb)).toMatchObject({ code: 'conflict', status: 409 });
  }
});
