/** The provider is down, slow, lying, redirecting, or gives the root credential back. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Behaviour, Lie } from '../../support/railway-upstream/behaviour.ts';
import {
  type Agent,
  type Answer,
  arrived,
  expectRecorded,
  GRAPHQL_HEADERS,
  openScene,
  readStaging,
  refusalOf,
  type Scene,
} from '../../support/scene.ts';

let scene: Scene;
let breaker: Agent;
let token: string;
let silent: { readonly server: Server; readonly answer: Promise<Answer> };
beforeAll(async () => {
  scene = await openScene();
  breaker = await scene.client([
    { environments: ['shared'], operations: ['*:read'] },
    {
      environments: ['staging'],
      operations: ['*:read', '*', 'customDomainDelete:destroy', 'deploymentRestart', 'deploymentRedeploy'],
    },
  ]);
  await loosen();
  token = (await scene.token(breaker)).access_token;
  silent = await askTheSilent();
});
afterAll(async () => {
  silent?.server.close();
  await scene.close();
});
afterEach(() => scene.railway.reset());

/** Destruction in staging without a hold, so that these stories reach the provider. */
async function loosen(): Promise<void> {
  const { client, assertion } = scene.owner;
  const rule = {
    connection: 'railway',
    environments: 'staging',
    operations: 'customDomainDelete',
    outcome: 'allow' as const,
  };
  await client.call('guardrails.put', { items: [rule] }, { assertion });
}

/** A provider that takes every connection and never says a word: asked first, since it takes its time. */
async function askTheSilent(): Promise<typeof silent> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const base_url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const { client, assertion } = scene.owner;
  const credential = { kind: 'account_token', value: 'fake-token-for-the-silent' };
  await client.call('connections.create', { slug: 'silent', provider: 'railway', base_url, credential }, { assertion });
  const agent = await scene.client([]);
  await client.call('grants.create', {
    client_id: agent.client_id,
    connection: 'silent',
    environments: ['*'],
    operations: ['*:read'],
  });
  const { access_token } = await scene.token(agent);
  const headers = { ...GRAPHQL_HEADERS, authorization: `Bearer ${access_token}` };
  const answer = scene.send('/gateway/silent/graphql/v2', {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: readStaging() }),
  });
  return { server, answer };
}

const outcomeOf = async (answer: Answer): Promise<unknown> => {
  const request_id = answer.headers.get('writ-request') ?? '';
  return eventually(async () => {
    const events = await scene.audit({ request_id, kind: 'request.ended' });
    expect(events).toHaveLength(1);
    return { result: events[0]?.['result'], ...(events[0]?.['data'] as object) };
  });
};
const deleteDomain = (mark: string) => scene.graphql(token, `mutation ${mark} { customDomainDelete(id: "cd_stag") }`);

describe('down', () => {
  test('a read is refused as unavailable, recorded as such, and works again when the provider does', async () => {
    expect((await scene.graphql(token, readStaging())).status).toBe(200);
    await scene.railway.behave({ down: true });
    const answer = await scene.graphql(token, readStaging('Down'));
    expect(refusalOf(answer)).toEqual([503, 'upstream_unavailable']);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(await outcomeOf(answer)).toMatchObject({ result: 'unavailable' });
    await scene.railway.behave({ down: false });
    expect((await scene.graphql(token, readStaging())).status).toBe(200);
  });

  test('what destroys is refused before anything is sent: where the thing lies cannot be asked', async () => {
    await scene.railway.behave({ down: true });
    const answer = await deleteDomain('Down');
    expect([403, 503]).toContain(answer.status);
    expect(answer.text).toContain('Nothing was sent.');
    await expectRecorded(scene, answer);
  });

  test('a change whose answer breaks off is said to be of unknown outcome, and is not repeated', async () => {
    await scene.railway.behave({ close_after_bytes: 0, only: 'Broken' });
    const answer = await deleteDomain('Broken');
    expect(refusalOf(answer)).toEqual([503, 'upstream_outcome_unknown']);
    expect(answer.text).toContain('It was sent, and may have been done.');
    expect(answer.text).not.toContain('Nothing was sent');
    expect(await arrived(scene, 'Broken')).toHaveLength(1);
  });

  test.each([429, 500, 502, 503, 401])('an answer of %d is passed on as it is, once', async (code) => {
    await scene.railway.behave({ status: { code, retry_after: 7 }, only: 'Failing' });
    const answer = await scene.graphql(token, readStaging('Failing'));
    expect([answer.status, answer.headers.get('writ-code'), answer.headers.get('retry-after')]).toEqual([
      code,
      null,
      '7',
    ]);
    expect(await arrived(scene, 'Failing')).toHaveLength(1);
    expect(await outcomeOf(answer)).toMatchObject({ result: 'answered', status: code });
  });
});

describe('slow', () => {
  test('a slow answer holds up nobody else, and is cut when its token is revoked', async () => {
    // Longer than the test: an answer that comes at all was cut.
    await scene.railway.behave({ delay_ms: 600_000, only: 'Slow' });
    const { access_token, task_id } = await scene.token(breaker);
    const slow = scene.graphql(access_token, readStaging('Slow'));
    await eventually(async () => expect(await arrived(scene, 'Slow')).toHaveLength(1));
    expect((await scene.graphql(token, readStaging())).status).toBe(200);
    await scene.owner.client.call('tokens.revoke', { task_id });
    const answer = await slow;
    expect(refusalOf(answer)).toEqual([401, 'invalid_token']);
    expect(await outcomeOf(answer)).toMatchObject({ result: 'cut', cut_reason: 'revoked' });
  });

  test('a client that goes away takes its request along', async () => {
    await scene.railway.behave({ delay_ms: 2_000, only: 'Gone' });
    const aborter = new AbortController();
    const headers = { ...GRAPHQL_HEADERS, authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query: readStaging('Gone') });
    const gone = scene.send('/gateway/railway/graphql/v2', { method: 'POST', headers, body, signal: aborter.signal });
    await eventually(async () => expect(await arrived(scene, 'Gone')).toHaveLength(1));
    aborter.abort();
    await expect(gone).rejects.toThrow();
    await eventually(async () => {
      const ended = await scene.audit({ kind: 'request.ended', result: 'cut' });
      expect(ended.map(({ data }) => (data as { cut_reason?: string }).cut_reason)).toContain('client_gone');
    });
  });
});

describe('lying', () => {
  const lies: [string, Lie][] = [
    ['another project everywhere', 'other_project'],
    ['other ids', 'wrong_ids'],
    ['holes in its lists', 'null_edges'],
    ['no lists', 'missing_edges'],
    ['lists without an end', 'endless_pages'],
    ['an error beside the data', 'partial_errors'],
    ['an error and no data', 'null_data'],
  ];
  test.each(lies)('%s: what destroys is not sent', async (_, lie) => {
    await scene.railway.behave({ lie });
    const answer = await deleteDomain('Lied');
    expect([403, 503]).toContain(answer.status);
    expect(['environment_unresolved', 'upstream_unavailable']).toContain(answer.headers.get('writ-code'));
    expect(await arrived(scene, 'Lied')).toEqual([]);
    await expectRecorded(scene, answer);
  });

  test.each<[string, Behaviour]>([
    ['a redirect', { redirect: 'http://127.0.0.1:1/' }],
    ['an error', { status: { code: 500 } }],
    ['half an answer', { close_after_bytes: 10 }],
    ['another encoding', { headers: { 'content-encoding': 'gzip' } }],
  ])('%s for an answer to where it lies: what destroys is not sent', async (_, behaviour) => {
    await scene.railway.behave(behaviour);
    const answer = await deleteDomain('Asked');
    expect([403, 503]).toContain(answer.status);
    expect(await arrived(scene, 'Asked')).toEqual([]);
  });

  test('when it tells the truth again, it is sent', async () => {
    expect((await deleteDomain('Truth')).status).toBe(200);
    expect(await arrived(scene, 'Truth')).toHaveLength(1);
  });
});

describe('echoing', () => {
  const spellings = (secret: string): readonly string[] => [
    secret,
    Buffer.from(secret).toString('base64'),
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    Buffer.from(secret).toString('hex'),
  ];
  const expectSilence = (text: string): void => {
    const root = scene.railway.tokens.account;
    for (const spelling of spellings(root)) expect(text).not.toContain(spelling.slice(0, -2));
  };
  const credential = async () =>
    (await scene.owner.client.call('connections.get', { connection: 'railway' })).credentials[0];
  const renew = () => {
    const { client, assertion } = scene.owner;
    return client.call(
      'connections.credential',
      { connection: 'railway', kind: 'account_token', value: scene.railway.tokens.account },
      { assertion },
    );
  };

  test.each(['raw', 'base64', 'url', 'split', 'header'] as const)(
    '%s: the answer is cut off before the root credential leaves, and the credential is flagged',
    async (echo) => {
      await renew();
      expect((await credential())?.status).not.toBe('flagged');
      await scene.railway.behave({ echo, only: 'Echo' });
      const answer = await scene
        .graphql(token, readStaging('Echo'))
        .catch((error: unknown) => ({ status: 0, headers: new Headers(), text: String(error) }));
      expect([0, 503]).toContain(answer.status);
      expectSilence(answer.text + JSON.stringify([...answer.headers]));
      await eventually(async () => expect((await credential())?.status).toBe('flagged'));
      expect((await scene.audit({ kind: 'credential.flagged' })).length).toBeGreaterThan(0);
      expectSilence(scene.broker.logs());
    },
  );

  test.each(['raw', 'base64', 'url', 'split'] as const)(
    '%s, in an answer to the question of the broker itself: it is not believed, and the credential is flagged',
    async (echo) => {
      await renew();
      await scene.railway.behave({ echo });
      await expect(scene.owner.client.call('connections.verify', { connection: 'railway' })).rejects.toMatchObject({
        status: 503,
      });
      expect(await arrived(scene, 'Echo')).toEqual([]);
      expect((await credential())?.status).toBe('flagged');
      expectSilence(scene.broker.logs());
    },
  );

  test.each(['raw', 'base64', 'url', 'hex'])(
    '%s, as the name of a thing: the inventory does not take it up',
    async (how) => {
      await renew();
      const root = scene.railway.tokens.account;
      const name = spellings(root)[['raw', 'base64', 'url', 'hex'].indexOf(how)] ?? '';
      const world = await scene.railway.state();
      await scene.railway.setState({ ...world, projects: world.projects.map((project) => ({ ...project, name })) });
      const shown = await scene.owner.client
        .call('inventory.list', { connection: 'railway' })
        .catch((error: unknown) => String(error));
      expectSilence(JSON.stringify(shown));
      const verified = await scene.owner.client
        .call('connections.verify', { connection: 'railway' })
        .catch((error: unknown) => String(error));
      expectSilence(JSON.stringify(verified));
      const imported = await scene.owner.client
        .call('environments.import', { connection: 'railway' }, { assertion: scene.owner.assertion })
        .catch((error: unknown) => String(error));
      expectSilence(JSON.stringify(imported));
    },
  );
});

test('silent for ever: the request is refused after a bounded time, and nothing waits for it', {
  timeout: 40_000,
}, async () => {
  const answer = await silent.answer;
  expect(refusalOf(answer)[0]).toBeGreaterThanOrEqual(403);
  expect(['environment_unresolved', 'upstream_unavailable']).toContain(answer.headers.get('writ-code'));
});
