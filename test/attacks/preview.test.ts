/** Rows 18 and 29 of the attack list: what is shown is what would happen, and what needs a human is not done without one. */
import type { OutputOf } from '@writ/api';
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
} from '../support/scene.ts';
import { bytesOf, sendBytes } from '../support/wire.ts';

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
  const request = {
    method: 'POST',
    path: '/graphql/v2',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  };
  const answer = await scene.send('/api/v1/self/explain', {
    method: 'POST',
    headers,
    body: JSON.stringify({ connection: 'railway', request }),
  });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Explained;
}

/** The owner asks on the agent's behalf: the provider is asked also about what nothing covers. */
const askAsOwner = (query: string): Promise<OutputOf<'explain'>> => scene.explain(query);

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

  test('a person sees what would be destroyed with it, and which backups; the agent is not told', async () => {
    const query = 'mutation Preview { volumeDelete(volumeId: "v_both") }';
    const { blast_radius } = await askAsOwner(query);
    const idsOf = (items: readonly { readonly kind: string; readonly id: string }[] = []) =>
      items.map(({ kind, id }) => `${kind}:${id}`).sort();
    expect(idsOf(blast_radius?.dies)).toEqual(['volume_instance:vi_both_prod', 'volume_instance:vi_both_stag']);
    expect(idsOf(blast_radius?.backups_lost)).toEqual(['backup:bk_both_prod']);
    expect(blast_radius).toMatchObject({ backups_left: [], unknown: [], confirm: [{ text: 'production/uploads' }] });
    expect(await explain(query)).not.toHaveProperty('blast_radius');
    expect((await askAsOwner('query Preview { environment(id: "e_staging") { name } }')).blast_radius).toBeNull();
    expect((await askAsOwner('mutation Preview { volumeDelete(volumeId: "v_nowhere") }')).blast_radius).toBeNull();
    expect(await arrived(scene, 'Preview')).toEqual([]);
  });

  test('what is staged at the provider is shown with its version', async () => {
    const query = 'mutation Preview { environmentPatchCommitStaged(environmentId: "e_staging") }';
    const stored_state = [{ version: expect.stringMatching(/^[0-9a-f]{64}$/), shown: { patch: {} } }];
    expect((await askAsOwner(query)).blast_radius).toMatchObject({ stored_state, undescribable: [] });
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

  const read = JSON.stringify({ query: 'query Same { environment(id: "e_staging") { name } }' });
  const deletion = JSON.stringify({ query: 'mutation Same { volumeDelete(volumeId: "v_both") }' });
  const nowhere = JSON.stringify({ query: 'mutation Same { volumeDelete(volumeId: "v_nowhere") }' });
  const json = { 'content-type': 'application/json' };
  const wide = 'a'.repeat(8_000);
  const many = Object.fromEntries(Array.from({ length: 98 }, (_, index) => [`x-${index}`, 'a']));
  const long = JSON.stringify({
    query: `query Same { environment(id: "e_staging") { name } } # ${'\u00e9'.repeat(600_000)}`,
  });

  interface Compared {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }

  test.each<[what: string, request: Compared]>([
    ['nothing wrong with it', { headers: json, body: read }],
    ['a charset', { headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: read }],
    ['space around a header', { headers: { 'content-type': ' application/json\t' }, body: read }],
    ['no content type', { body: read }],
    ['another content type', { headers: { 'content-type': 'text/plain' }, body: read }],
    ['a content type that is none', { headers: { 'content-type': 'json' }, body: read }],
    ['a charset of other text', { headers: { 'content-type': 'application/json; charset=utf-16' }, body: read }],
    ['a content type by two names', { headers: { ...json, 'Content-Type': 'application/json' }, body: read }],
    ['a path that nothing has', { path: '/graphql/v1', headers: json, body: read }],
    ['a path with an empty segment', { path: '/graphql//v2', headers: json, body: read }],
    ['a path with a dot segment', { path: '/graphql/./v2', headers: json, body: read }],
    ['a path with an encoded letter', { path: '/%67raphql/v2', headers: json, body: read }],
    ['a query', { path: '/graphql/v2?a=1', headers: json, body: read }],
    ['a token in the query', { path: '/graphql/v2?access_token=x', headers: json, body: read }],
    ['a small method', { method: 'post', headers: json, body: read }],
    ['a method that is none', { method: 'FETCH', headers: json, body: read }],
    ['a method that is not taken', { method: 'OPTIONS', headers: json, body: read }],
    ['another method', { method: 'PUT', headers: json, body: read }],
    ['a GET with a body', { method: 'GET', headers: json, body: read }],
    [
      'a GET',
      { method: 'GET', path: `/graphql/v2?query=${encodeURIComponent('{environment(id:"e_staging"){name}}')}` },
    ],
    ['no body', { headers: json }],
    ['another length', { headers: { ...json, 'content-length': '9' }, body: read }],
    ['a transfer encoding', { headers: { ...json, 'transfer-encoding': 'gzip' }, body: read }],
    ['a compressed body', { headers: { ...json, 'content-encoding': 'gzip' }, body: read }],
    ['an expectation', { headers: { ...json, expect: '200-ok' }, body: read }],
    ['trailers', { headers: { ...json, trailer: 'x-sum' }, body: read }],
    ['another method by header', { headers: { ...json, 'x-http-method-override': 'DELETE' }, body: read }],
    ['another URL by header', { headers: { ...json, 'X-Original-URL': '/x' }, body: read }],
    ['a cookie of ours', { headers: { ...json, cookie: 'a=b; __Host-writ_session=x' }, body: read }],
    ['a page that is opened', { headers: { ...json, 'sec-fetch-mode': 'navigate' }, body: read }],
    ['an image', { headers: { ...json, 'sec-fetch-dest': 'image' }, body: read }],
    ['a control character in a header', { headers: { ...json, 'x-note': 'a\u0001b' }, body: read }],
    ['a header name that is none', { headers: { ...json, 'x note': 'a' }, body: read }],
    ['too many headers', { headers: { ...json, ...many }, body: read }],
    ['headers that are too long', { headers: { ...json, 'x-1': wide, 'x-2': wide, 'x-3': wide }, body: read }],
    ['a body that is too large in bytes, though not in characters', { headers: json, body: long }],
    ['no JSON', { headers: json, body: '{' }],
    ['JSON by two names', { headers: json, body: '{"query":"{ me { id } }","query":"{ me { id } }"}' }],
    ['what nothing covers', { headers: json, body: deletion }],
    ['what nothing covers, of a thing that is not there', { headers: json, body: nowhere }],
  ])(
    'explain and the gateway give the same code for %s',
    async (_, { method = 'POST', path = '/graphql/v2', ...rest }) => {
      const { headers = {}, body = '' } = rest;
      const { access_token } = await scene.token();
      const own = Object.keys(headers).map((name) => name.toLowerCase());
      const framed = own.includes('content-length') || own.includes('transfer-encoding');
      const lines = [
        `Authorization: Bearer ${access_token}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        ...(framed || (method === 'GET' && body === '') ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
      ];
      const wire = { method, target: `/gateway/railway${path}`, lines, body: Buffer.from(body).toString('latin1') };
      const [gateway] = await sendBytes(scene.broker.url, bytesOf(scene.broker.url, wire));
      const request = { method, path, headers, body };
      const answer = await scene.send('/api/v1/self/explain', {
        method: 'POST',
        headers: { authorization: `Bearer ${access_token}`, ...json },
        body: JSON.stringify({ connection: 'railway', request }),
      });
      const asked = await scene.owner.client.call('explain', {
        client_id: scene.agent.client_id,
        connection: 'railway',
        request,
      });
      const wanted = gateway?.headers.get('writ-code') ?? null;
      expect(gateway).toBeDefined();
      expect(answer.status).toBe(200);
      expect([(JSON.parse(answer.text) as Explained).code, asked.code]).toEqual([wanted, wanted]);
    },
  );

  test('a malformed request is explained, not sent', async () => {
    const { access_token } = await scene.token();
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
    for (const request of [
      { method: 'CONNECT', path: '/x' },
      { method: 'POST', path: '//evil.example/graphql/v2' },
      { method: 'POST', path: '/graphql/../v2', body: '{}' },
      { method: 'POST', path: '/graphql/v2', headers: { ...json, 'x-note': 'a\r\nx-b: c' }, body: read },
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
    ['destruction in production', deleteProduction('Kept'), 'approval_pending'],
    ['destruction elsewhere', 'mutation Kept { volumeDelete(volumeId: "v_stag") }', 'held'],
    ['destruction in both', 'mutation Kept { volumeDelete(volumeId: "v_both") }', 'approval_pending'],
    ['a token', 'mutation Kept { apiTokenCreate(input: { name: "x", workspaceId: "w_acme" }) }', 'approval_pending'],
    [
      'secrets of production',
      'query Kept { variables(projectId: "p_rentals", environmentId: "e_production") }',
      'approval_pending',
    ],
    [
      'an invitation, which is a query',
      'query Kept { projectInviteCode(projectId: "p_rentals", role: ADMIN) { code } }',
      'approval_pending',
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
