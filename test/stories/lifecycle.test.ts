import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBroker } from '../support/broker.ts';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';
import { DATABASES } from '../support/store.ts';

const READ = '{ environment(id: "e_staging") { id name } }';

describe.each(DATABASES)('what an administrator changes acts on the next request, on %s', (database) => {
  let story: Scene;
  const token = async (parameters = {}) => (await story.token(story.agent, parameters)).access_token;
  const read = async (access: string) => {
    const { status, refusal } = await story.graphql(access, READ);
    return refusal?.code ?? status;
  };

  beforeAll(async () => {
    story = await openScene({ ...AS_STARTED, database });
  });
  afterAll(() => story?.close());

  test('a token, its task, its client and everything can be revoked, and the log says who still tried', async () => {
    for (const way of ['task_id', 'client_id', 'connection', 'all'] as const) {
      const { access_token: access, task_id } = await story.token();
      expect(await read(access)).toBe(200);
      const what = {
        task_id: { task_id },
        client_id: { client_id: 'agent' },
        connection: { connection: 'railway' },
        all: { all: true as const },
      };
      await story.owner.client.call('tokens.revoke', what[way]);
      expect(await read(access)).toBe('invalid_token');
      const { items } = await story.owner.client.call('audit.list', { kind: 'request.refused', limit: 1 });
      expect(items[0]?.event).toMatchObject({ result: 'invalid_token', client_id: 'agent', task_id });
    }
  });

  test('a freeze refuses the next request and the next token, and lifting it lets both go on', async () => {
    const access = await token();
    expect(await read(access)).toBe(200);
    const { id } = await story.owner.client.call('freeze.create', { connection: 'railway', reason: 'an incident' });
    expect(await read(access)).toBe('frozen');
    await story.owner.client.call('freeze.delete', { id }, { assertion: story.owner.assertion });
    expect(await read(access)).toBe(200);
    const all = await story.owner.client.call('freeze.create', { all: true, reason: 'everything' });
    expect(await read(access)).toBe('frozen');
    expect((await story.tokenAnswer(story.agent)).body).toMatchObject({ error: 'access_denied' });
    await story.owner.client.call('freeze.delete', { id: all.id }, { assertion: story.owner.assertion });
    expect(await read(access)).toBe(200);
  });

  test('an edited grant acts at once on live tokens, both ways', async () => {
    const access = await token();
    expect(await read(access)).toBe(200);
    const { items } = await story.owner.client.call('grants.list', { client_id: 'agent' });
    const grant = items.find(({ environments }) => environments.includes('staging'));
    const id = grant?.id ?? '';
    await story.owner.client.call('grants.patch', { id, operations: ['customDomain*'] });
    expect(await read(access)).toBe('environment_not_granted');
    await story.owner.client.call('grants.patch', { id, operations: grant?.operations ?? [] });
    expect(await read(access)).toBe(200);
  });

  test('a protected environment, and one that is forgotten, act at once', async () => {
    const access = await token();
    const { assertion, client } = story.owner;
    const remove = 'mutation { customDomainDelete(id: "cd_stag") }';
    await client.call('grants.create', {
      client_id: 'agent',
      connection: 'railway',
      environments: ['staging'],
      operations: ['customDomainDelete'],
    });
    const fresh = await token();
    expect((await story.graphql(fresh, remove)).refusal?.code).toBe('held');
    await client.call(
      'environments.patch',
      { connection: 'railway', environment: 'staging', protected: true },
      { assertion },
    );
    expect((await story.graphql(fresh, remove)).refusal?.code).toBe('approval_required');
    await client.call('environments.delete', { connection: 'railway', environment: 'staging' }, { assertion });
    expect(await read(access)).toBe('environment_unresolved');
    await client.call('environments.import', { connection: 'railway' }, { assertion });
    expect(await read(access)).toBe(200);
  });

  test('after a kill and a restart, tokens, revocations and the log are as they were acknowledged', async () => {
    const kept = await token();
    const gone = await story.token();
    await story.owner.client.call('tokens.revoke', { task_id: gone.task_id });
    await story.broker.kill9();
    await story.broker.restart();
    expect(await read(kept)).toBe(200);
    expect(await read(gone.access_token)).toBe('invalid_token');
  });

  test('on a second broker of the same database, a revocation acts within a second', async () => {
    if (database === 'embedded') {
      expect(story.broker.url).toMatch(/^http/);
      return;
    }
    const second = await startBroker({ database, beside: story.broker, env: { WRIT_PUBLIC_URL: story.broker.url } });
    const { access_token: access, task_id } = await story.token();
    const readThere = () => readThrough(Number(second.env['WRIT_PORT']), { url: story.broker.url, access });
    expect(await readThere()).toBeUndefined();
    await story.owner.client.call('tokens.revoke', { task_id });
    const code = await readThere();
    expect(code).toBe('invalid_token');
    await second.stop();
  });
});

/** Reads through another port, as a load balancer would: the host stays the public one. Answers `Writ-Code`. */
function readThrough(port: number, { url, access }: { url: string; access: string }): Promise<string | undefined> {
  const headers = { host: new URL(url).host, authorization: `Bearer ${access}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path: '/gateway/railway/graphql/v2', method: 'POST', headers },
      (response) => {
        response.resume().on('end', () => resolve(response.headers['writ-code']?.toString()));
      },
    );
    sent.on('error', reject).end(JSON.stringify({ query: READ }));
  });
}
