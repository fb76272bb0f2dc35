/** Rows 21 and 27 of the attack list: a token is refused on the very next request after anything that stops it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Access } from '../support/owner.ts';
import {
  type Agent,
  arrived,
  expectRecorded,
  type Issued,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
} from '../support/scene.ts';

let scene: Scene;
let admin: Access;
let approver: Access;
beforeAll(async () => {
  scene = await openScene();
  [admin, approver] = [await scene.owner.invite('admin'), await scene.owner.invite('approver')];
});
afterAll(() => scene.close());

const MARK = 'Stopped';

interface Standing {
  readonly agent: Agent;
  readonly issued: Issued;
}

/** An agent of its own with a token that has just worked, so that every cache knows it. */
async function working(): Promise<Standing> {
  const agent = await scene.client();
  const issued = await scene.token(agent);
  expect((await scene.graphql(issued.access_token, readStaging())).status).toBe(200);
  expect((await self(issued)).status).toBe(200);
  return { agent, issued };
}
const self = ({ access_token }: Issued) =>
  scene.send('/api/v1/self', { headers: { authorization: `Bearer ${access_token}` } });

async function expectStopped({ access_token }: Issued, status: number, code: string): Promise<void> {
  const answer = await scene.graphql(access_token, readStaging(MARK));
  expect(refusalOf(answer)).toEqual([status, code]);
  await expectRecorded(scene, answer);
  expect(await arrived(scene, MARK)).toEqual([]);
}

const jtiOf = ({ access_token }: Issued): string =>
  String((JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as { jti?: string }).jti);

describe('a token is refused on the next request after', () => {
  test.each<[string, (standing: Standing) => Promise<unknown>, number, string]>([
    [
      'its task was ended by its holder',
      ({ issued }) =>
        scene.send('/api/v1/self/end', { method: 'POST', headers: { authorization: `Bearer ${issued.access_token}` } }),
      403,
      'task_ended',
    ],
    [
      'its task was ended by an approver',
      ({ issued }) => scene.owner.client.call('tasks.end', { id: issued.task_id }),
      403,
      'task_ended',
    ],
    [
      'it was revoked',
      ({ issued }) => scene.owner.client.call('tokens.revoke', { jti: jtiOf(issued) }),
      401,
      'invalid_token',
    ],
    [
      'its task was revoked',
      ({ issued }) => scene.owner.client.call('tokens.revoke', { task_id: issued.task_id }),
      401,
      'invalid_token',
    ],
    [
      'its client was revoked',
      ({ agent }) => scene.owner.client.call('tokens.revoke', { client_id: agent.client_id }),
      401,
      'invalid_token',
    ],
    [
      'its client was disabled',
      ({ agent }) => scene.owner.client.call('clients.patch', { id: agent.client_id, disabled: true }),
      401,
      'invalid_token',
    ],
    [
      'its client was deleted',
      ({ agent }) => scene.owner.client.call('clients.delete', { id: agent.client_id }),
      401,
      'invalid_token',
    ],
  ])('%s', async (_, stop, status, code) => {
    const standing = await working();
    await stop(standing);
    await expectStopped(standing.issued, status, code);
    expect((await self(standing.issued)).status).toBe(status);
  });

  test('all its grants were deleted; and one that reaches less is not covered by what went', async () => {
    const { agent, issued } = await working();
    const { items } = await scene.owner.client.call('grants.list', { client_id: agent.client_id });
    for (const { id } of items) await scene.owner.client.call('grants.delete', { id });
    const answer = await scene.graphql(issued.access_token, readStaging(MARK));
    expect(answer.status).toBe(403);
    await expectRecorded(scene, answer);
    expect(await arrived(scene, MARK)).toEqual([]);
    expect((await scene.tokenAnswer(agent)).status).toBe(400);
  });

  test('its grant was narrowed: to other operations, other environments, other resources, other arguments', async () => {
    const agent = await scene.client([{ environments: ['staging'], operations: ['*:read'] }]);
    const { access_token } = await scene.token(agent);
    const [grant] = (await scene.owner.client.call('grants.list', { client_id: agent.client_id })).items;
    const id = grant?.id ?? '';
    const read = async () => refusalOf(await scene.graphql(access_token, readStaging()))[1];
    const change = (set: object) => scene.owner.client.call('grants.patch', { id, ...set });
    expect(await read()).toBeNull();
    await change({ operations: ['customDomain*'] });
    expect(await read()).toBe('operation_not_granted');
    await change({ operations: ['*:read'], environments: ['production'] });
    expect(await read()).toBe('environment_not_granted');
    await change({ environments: ['staging'], resources: ['service:s_api'] });
    expect(await read()).toBe('resource_not_granted');
    await change({ resources: null, arguments: { environment: { id: { equals: 'e_production' } } } });
    expect(await read()).toBe('argument_not_granted');
    await change({ arguments: null });
    expect(await read()).toBeNull();
  });

  test('row 21: its grant expired, with nobody there to sweep', async () => {
    const agent = await scene.client([{ environments: ['staging'], operations: ['*:read'] }]);
    const { access_token } = await scene.token(agent);
    const [grant] = (await scene.owner.client.call('grants.list', { client_id: agent.client_id })).items;
    let expires = 0;
    const patch = (at: number) =>
      scene.owner.client.call('grants.patch', { id: grant?.id ?? '', expires_at: new Date(at).toISOString() });
    // An end that has passed before it is set is refused: a busy machine is given longer.
    for (let lead = 1_500, isSet = false; !isSet; lead *= 2) {
      expires = Date.now() + lead;
      isSet = await patch(expires).then(Boolean, () => lead > 60_000);
    }
    // Remembered while it stands, where the machine is fast enough for that.
    const { status } = await scene.graphql(access_token, readStaging());
    if (Date.now() < expires) expect(status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, expires - Date.now() + 20));
    expect((await scene.graphql(access_token, readStaging(MARK))).status).toBe(403);
    expect((await scene.tokenAnswer(agent)).status).toBe(400);
    expect(await arrived(scene, MARK)).toEqual([]);
  });

  test('an environment it may reach became somebody else, or its operation another', async () => {
    const { agent, issued } = await working();
    const { client, assertion } = scene.owner;
    await client.call(
      'environments.patch',
      { connection: 'railway', environment: 'staging', selector: { environment_ids: ['e_pr7'] } },
      { assertion },
    );
    const answer = await scene.graphql(issued.access_token, readStaging(MARK));
    expect(refusalOf(answer)).toEqual([403, 'environment_unresolved']);
    await client.call(
      'environments.patch',
      { connection: 'railway', environment: 'staging', selector: { environment_ids: ['e_staging'] } },
      { assertion },
    );
    await client.call(
      'operations.put',
      { connection: 'railway', name: 'environment', effect: 'escalate', note: 'test' },
      { assertion },
    );
    const raised = await scene.graphql(issued.access_token, readStaging(MARK));
    expect(raised.status).toBe(403);
    expect(await arrived(scene, MARK)).toEqual([]);
    expect(agent.client_id).not.toBe('');
  });
});

describe('a freeze stops', () => {
  test.each<[string, (standing: Standing) => object]>([
    ['a task', ({ issued }) => ({ task_id: issued.task_id })],
    ['a client', ({ agent }) => ({ client_id: agent.client_id })],
    ['a connection', () => ({ connection: 'railway' })],
    ['everything', () => ({ all: true })],
  ])(
    '%s at once, its token endpoint too, and tells why, until an owner lifts it with an assertion',
    async (_, scopeOf) => {
      const { client, assertion } = scene.owner;
      const agent = await scene.client();
      const issued = await scene.token(agent);
      const query = `query ${MARK} { me { id } }`;
      expect((await scene.graphql(issued.access_token, '{ me { id } }')).status).toBe(200);
      const scope = scopeOf({ agent, issued }) as { readonly all: true };
      const { id } = await approver.client.call('freeze.create', { ...scope, reason: 'an attack under way' });
      const answer = await scene.graphql(issued.access_token, query);
      expect(refusalOf(answer)).toEqual([403, 'frozen']);
      await expectRecorded(scene, answer);
      expect(answer.refusal?.detail).toMatch(/^Nothing was sent\. .+ was frozen: an attack under way\. Stop here/);
      const fields: Record<string, string> = 'task_id' in scope ? { task_id: issued.task_id } : {};
      const refused = await scene.tokenAnswer(agent, fields);
      const error_description = expect.stringMatching(/was frozen: an attack under way\.$/);
      expect([refused.status, refused.body]).toEqual([400, { error: 'access_denied', error_description }]);
      await expect(client.call('freeze.delete', { id })).rejects.toMatchObject({ code: 'assertion_required' });
      const lifted = admin.client.call('freeze.delete', { id }, { assertion: admin.assertion });
      await expect(lifted).rejects.toMatchObject({ code: 'forbidden' });
      expect(await arrived(scene, MARK)).toEqual([]);
      await client.call('freeze.delete', { id }, { assertion });
      expect((await scene.graphql(issued.access_token, '{ me { id } }')).status).toBe(200);
    },
  );
});

test('an agent that goes on asking for what escalates is stopped, and told so', async () => {
  const { access_token, task_id } = await scene.token(await scene.client());
  const asking = () => scene.graphql(access_token, 'mutation { apiTokenCreate(input: { name: "mine" }) }');
  for (let at = 0; at < 10; at += 1) expect(refusalOf(await asking())).toEqual([403, 'operation_not_granted']);
  const last = await asking();
  expect(refusalOf(last)).toEqual([403, 'frozen']);
  expect(last.refusal?.detail).toContain('This task was frozen: Writ stopped it by itself: more than 10 escalating');
  expect(refusalOf(await scene.graphql(access_token, `query ${MARK} { me { id } }`))).toEqual([403, 'frozen']);
  const { items } = await approver.client.call('freeze.list', {});
  expect(items).toMatchObject([{ scope: 'task', subject: task_id, created_by: 'system' }]);
  const { client, assertion } = scene.owner;
  await client.call('freeze.delete', { id: items[0]?.id ?? '' }, { assertion });
  expect((await scene.graphql(access_token, '{ me { id } }')).status).toBe(200);
});

test('everything is revoked at once', async () => {
  const standings = [await working1(), await working1()];
  await scene.owner.client.call('tokens.revoke', { all: true });
  for (const issued of standings) {
    expect(refusalOf(await scene.graphql(issued.access_token, `query ${MARK} { me { id } }`))).toEqual([
      401,
      'invalid_token',
    ]);
  }
  expect(await arrived(scene, MARK)).toEqual([]);
});

test('a connection that was deleted takes its tokens along, and its slug is never used again', async () => {
  const issued = await working1();
  const { client, assertion } = scene.owner;
  await client.call('connections.delete', { connection: 'railway' }, { assertion });
  expect(refusalOf(await scene.graphql(issued.access_token, `query ${MARK} { me { id } }`))).toEqual([
    404,
    'connection_unknown',
  ]);
  const credential = { kind: 'account_token', value: scene.railway.tokens.account };
  const again = client.call(
    'connections.create',
    { slug: 'railway', provider: 'railway', base_url: scene.railway.url, credential },
    { assertion },
  );
  await expect(again).rejects.toMatchObject({ code: 'conflict' });
  expect(await arrived(scene, MARK)).toEqual([]);
});

async function working1(): Promise<Issued> {
  const issued = await scene.token(await scene.client());
  expect((await scene.graphql(issued.access_token, '{ me { id } }')).status).toBe(200);
  return issued;
}
