/** Rows 18 and 29 of the attack list: what is shown is what would happen, and what needs a human is not done without one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  arrived,
  deleteProduction,
  expectRecorded,
  GRAPHQL_HEADERS,
  openScene,
  refusalOf,
  type Scene,
} from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  // Every environment there is: what reaches one that nobody has added is refused before a guardrail is asked.
  const { client, assertion } = scene.owner;
  const fork = { connection: 'railway', slug: 'fork', selector: { environment_ids: ['e_pr7'] } };
  await client.call('environments.create', fork, { assertion });
});
afterAll(() => scene.close());

interface Explained {
  readonly result: string;
  readonly code: string | null;
  readonly operations: readonly { readonly name: string; readonly environments: readonly string[] }[];
  readonly pairs: readonly unknown[];
}

async function explain(query: string): Promise<Explained> {
  const { access_token } = await scene.token();
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/graphql/v2', body: JSON.stringify({ query }) };
  const answer = await scene.send('/api/v1/self/explain', {
    method: 'POST',
    headers,
    body: JSON.stringify({ connection: 'railway', request }),
  });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Explained;
}

/** The owner asks on the agent's behalf: the provider is asked also about what nothing covers. */
const askAsOwner = (query: string): Promise<Explained> =>
  scene.owner.client.call('explain', {
    client_id: scene.agent.client_id,
    connection: 'railway',
    request: { method: 'POST', path: '/graphql/v2', body: JSON.stringify({ query }) },
  });

describe('row 29: a preview asks the provider, or says that it does not know', () => {
  test('it names the environments the provider says, and sends nothing of the request', async () => {
    const explained = await explain(
      'mutation Preview { customDomainUpdate(environmentId: "e_staging", id: "cd_stag", targetPort: 1) }',
    );
    expect(explained.operations[0]?.environments).toEqual(['staging']);
    const query = 'mutation Preview { volumeDelete(volumeId: "v_both") }';
    const thorough = await askAsOwner(query);
    expect(thorough).toMatchObject({ result: 'refuse', operations: [{ name: 'volumeDelete' }] });
    expect([...(thorough.operations[0]?.environments ?? [])].sort()).toEqual(['production', 'staging']);
    expect(await arrived(scene, 'Preview')).toEqual([]);
    expect((await scene.railway.state()).volumes.map(({ id }) => id)).toContain('v_both');
  });

  test('a provider that is silent, or a thing that is not there, is never a success', async () => {
    expect(
      await explain(
        'mutation Preview { customDomainUpdate(environmentId: "e_staging", id: "cd_nowhere", targetPort: 1) }',
      ),
    ).toMatchObject({
      result: 'refuse',
      code: 'environment_unresolved',
    });
    await scene.railway.behave({ down: true });
    const silent = await explain(
      'mutation Preview { customDomainCreate(input: { domain: "silent.example.org", projectId: "p_rentals", environmentId: "e_staging", serviceId: "s_api" }) { id } }',
    );
    expect(silent).toMatchObject({ result: 'refuse', pairs: [] });
    expect(['environment_unresolved', 'upstream_unavailable']).toContain(silent.code);
    await scene.railway.reset();
  });

  test('what it says of a request is what the gateway then does', async () => {
    const { access_token } = await scene.token();
    for (const query of [
      'mutation Same { volumeDelete(volumeId: "v_prod") }',
      'mutation Same { customDomainDelete(id: "cd_app") }',
      'query Same { environment(id: "e_production") { id } }',
      'query Same { variables(projectId: "p_rentals", environmentId: "e_staging") }',
      'mutation Same { nothing }',
      '{ me { id } }',
      'query Same { environment(id: "e_staging") { name } }',
    ]) {
      const { code } = await explain(query);
      expect([query, refusalOf(await scene.graphql(access_token, query))[1]]).toEqual([query, code]);
    }
    await scene.railway.reset();
  });

  test('a malformed request is explained, not sent', async () => {
    const { access_token } = await scene.token();
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
    for (const request of [
      { method: 'CONNECT', path: '/x' },
      { method: 'POST', path: '//evil.example/graphql/v2' },
      { method: 'POST', path: '/graphql/../v2', body: '{}' },
      { method: 'GET', path: '/graphql/v2?query={me{id}}' },
      {
        method: 'POST',
        path: '/graphql/v2',
        headers: { host: 'evil.example', 'content-type': 'a\r\nX: y' },
        body: '{}',
      },
    ]) {
      const answer = await scene.send('/api/v1/self/explain', {
        method: 'POST',
        headers,
        body: JSON.stringify({ connection: 'railway', request }),
      });
      expect(answer.status === 200 ? (JSON.parse(answer.text) as Explained).result : 'refuse').toBe('refuse');
      expect(answer.status).toBeLessThan(500);
    }
  });
});

describe('row 18: what a guardrail keeps for a human is not done, however often it is asked', () => {
  async function asBreaker(query: string, headers: Record<string, string> = {}): Promise<Answer> {
    const agent = await scene.client([
      { environments: ['*'], operations: ['*:destroy', '*:escalate', '*:reveal', '*:execute'] },
    ]);
    const { access_token } = await scene.token(agent);
    const all = { ...GRAPHQL_HEADERS, authorization: `Bearer ${access_token}`, ...headers };
    const send = () =>
      scene.send('/gateway/railway/graphql/v2', { method: 'POST', headers: all, body: JSON.stringify({ query }) });
    await send();
    return await send();
  }

  test.each<[string, string, string]>([
    ['destruction in production', deleteProduction('Kept'), 'approval_required'],
    ['destruction elsewhere', 'mutation Kept { volumeDelete(volumeId: "v_stag") }', 'held'],
    ['destruction in both', 'mutation Kept { volumeDelete(volumeId: "v_both") }', 'approval_required'],
    ['a token', 'mutation Kept { apiTokenCreate(input: { name: "x", workspaceId: "w_acme" }) }', 'approval_required'],
    [
      'secrets of production',
      'query Kept { variables(projectId: "p_rentals", environmentId: "e_production") }',
      'approval_required',
    ],
    [
      'an invitation, which is a query',
      'query Kept { projectInviteCode(projectId: "p_rentals", role: ADMIN) { code } }',
      'approval_required',
    ],
  ])('%s', async (_, query, code) => {
    const answer = await asBreaker(query);
    expect(refusalOf(answer)).toEqual([403, code]);
    await expectRecorded(scene, answer);
    expect(await arrived(scene, 'Kept')).toEqual([]);
  });

  test('neither a header nor an expired or made-up approval changes that', async () => {
    for (const headers of [
      { 'writ-approval': 'apr_00000000000000000000000000' },
      { 'writ-approval': '' },
      { prefer: 'respond-async' },
      { prefer: 'wait=0' },
    ]) {
      expect(refusalOf(await asBreaker(deleteProduction('Kept'), headers))[0]).toBe(403);
    }
    expect(await arrived(scene, 'Kept')).toEqual([]);
  });
});
