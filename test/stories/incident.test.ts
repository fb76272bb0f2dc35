import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';
import { DATABASES } from '../support/store.ts';

const CREATE_DOMAIN = `mutation Add($input: CustomDomainCreateInput!) { customDomainCreate(input: $input) { id domain environmentId } }`;
const domainIn = (environmentId: string, domain: string) => ({
  input: { environmentId, projectId: 'p_rentals', serviceId: 's_api', domain },
});

describe.each(DATABASES)('the incident, on %s', (database) => {
  let story: Scene;
  let token = '';

  beforeAll(async () => {
    story = await openScene({ ...AS_STARTED, database });
    token = (await story.token(story.agent, { task: 'add a custom domain to staging' })).access_token;
  });
  afterAll(() => story?.close());

  test('the agent finds its ids with plain queries and adds its domain', async () => {
    const found = await story.graphql(
      token,
      '{ environment(id: "e_staging") { id name serviceInstances { edges { node { id serviceId } } } } }',
    );
    expect(found.body).toMatchObject({ data: { environment: { id: 'e_staging', name: 'staging' } } });
    await story.forget();
    const added = await story.graphql(token, CREATE_DOMAIN, domainIn('e_staging', 'new.staging-rentals.example.com'));
    expect(added.text).toContain('new.staging-rentals.example.com');
    expect(added.status).toBe(200);
    expect(added.headers.get('writ-request')).toMatch(/^req_/);
    expect(await story.arrived()).toHaveLength(1);
  });

  test('the domain is really there, and the root credential never left for the agent', async () => {
    const { customDomains } = await story.railway.state();
    expect(customDomains.map((row) => row['domain'])).toContain('new.staging-rentals.example.com');
    expect(story.broker.logs()).not.toContain(story.railway.tokens.account);
  });

  const attempts: readonly [what: string, query: string, variables: object, code: string, sentence: RegExp][] = [
    [
      "volumeDelete with production's id",
      'mutation { volumeDelete(volumeId: "v_prod") }',
      {},
      'operation_not_granted',
      /^Nothing was sent\. volumeDelete would destroy volume v_prod, wherever it lies; this token covers .*Ask a human if it is really meant: \S+\/grants\/new\?request=req_\w+ has the smallest grant that would do\.$/,
    ],
    [
      'volumeDelete of a volume in both environments',
      'mutation { volumeDelete(volumeId: "v_both") }',
      {},
      'operation_not_granted',
      /^Nothing was sent\. volumeDelete would destroy volume v_both, wherever it lies; this token covers .*staging, and there \*:read and customDomain\*\. Ask a human if it is really meant: \S+ has the smallest grant that would do\.$/,
    ],
    [
      "volumeDelete of staging's own volume: a glob never reaches destruction",
      'mutation { volumeDelete(volumeId: "v_stag") }',
      {},
      'operation_not_granted',
      /volumeDelete would destroy volume v_stag, wherever it lies; this token covers .*staging/,
    ],
    [
      "serviceDelete with staging's environmentId",
      'mutation { serviceDelete(id: "s_db", environmentId: "e_staging") }',
      {},
      'operation_not_granted',
      /serviceDelete would destroy service s_db, wherever it lies/,
    ],
    [
      'a patch with isDeleted',
      'mutation P($patch: EnvironmentConfig) { environmentPatchCommit(environmentId: "e_staging", patch: $patch) }',
      { patch: { services: { s_db: { isDeleted: true } } } },
      'operation_not_granted',
      /environmentPatchCommit would destroy service s_db, wherever it lies/,
    ],
    [
      'volumeInstanceUpdate(state: DELETED)',
      'mutation { volumeInstanceUpdate(volumeId: "v_both", environmentId: "e_staging", input: { state: DELETED }) }',
      {},
      'operation_not_granted',
      /volumeInstanceUpdate would destroy/,
    ],
    [
      "another environment's secrets through staging's source",
      '{ environment(id: "e_staging") { sourceEnvironment { config(decryptVariables: true) } } }',
      {},
      'operation_not_granted',
      /config would reveal secrets|sourceEnvironment/,
    ],
    [
      "customDomainUpdate(environmentId: STAGING) of production's domain",
      'mutation { customDomainUpdate(environmentId: "e_staging", id: "cd_app", targetPort: 1) }',
      {},
      'environment_unresolved',
      /^Nothing was sent\./,
    ],
    [
      "customDomainCreate of a name under production's wildcard",
      CREATE_DOMAIN,
      domainIn('e_staging', 'login.rentals.example.com'),
      'environment_not_granted',
      /customDomainCreate would change .*login\.rentals\.example\.com in .*production/,
    ],
    [
      'customDomainCreate in production, honestly named',
      CREATE_DOMAIN,
      domainIn('e_production', 'new.example.org'),
      'environment_not_granted',
      /new\.example\.org in production; this token covers .*staging, and there \*:read and customDomain\*/,
    ],
    [
      'a deletion hidden under an alias beside a harmless field',
      'mutation { fine: customDomainDelete(id: "cd_stag") other: volumeDelete(volumeId: "v_prod") }',
      {},
      'operation_not_granted',
      /volumeDelete would destroy/,
    ],
    [
      'an id of nothing',
      'mutation { customDomainUpdate(environmentId: "e_staging", id: "cd_nothing", targetPort: 1) }',
      {},
      'environment_unresolved',
      /^Nothing was sent\./,
    ],
  ];

  test.each(attempts)(
    '%s is refused, and the provider never saw it',
    async (_what, query, variables, code, sentence) => {
      await story.forget();
      const { status, refusal, body, headers } = await story.graphql(token, query, variables);
      expect({ status, code: refusal?.code }).toEqual({ status: 403, code });
      expect(refusal?.detail).toMatch(sentence);
      expect(refusal?.detail).toMatch(/^Nothing was sent\./);
      expect(body.errors?.[0]?.message).toBe(refusal?.detail);
      expect(headers.get('writ-code')).toBe(code);
      expect(await story.arrived()).toEqual([]);
      const { volumes, services } = await story.railway.state();
      expect(volumes).toHaveLength(3);
      expect(services).toHaveLength(2);
    },
  );

  test('the link in a refusal leads to the smallest grant; opened, it grants nothing; granted, it is enough', async () => {
    const { client, assertion } = story.owner;
    const honest = domainIn('e_production', 'new.example.org');
    const { refusal } = await story.graphql(token, CREATE_DOMAIN, honest);
    const url = new URL(refusal?.next.url ?? '');
    expect([...url.searchParams.keys()]).toEqual(['request']);
    expect((await story.send(`${url.pathname}${url.search}`)).text).toContain(
      `writ grant --request ${refusal?.request_id}`,
    );
    const request_id = refusal?.request_id ?? '';
    const asked = await client.call('refusals.get', { request_id });
    expect(asked).toMatchObject({ code: 'environment_not_granted', grant_for: 'agent', token_lacks: true, why: null });
    expect(asked.missing).toEqual([
      {
        ...{ type: 'provider_operations', connection: 'railway', environments: ['production'] },
        ...{ operations: ['customDomainCreate'], resources: expect.any(Array) },
        arguments: {
          customDomainCreate: Object.fromEntries(
            Object.entries(honest.input).map(([path, equals]) => [`input.${path}`, { equals }]),
          ),
        },
      },
    ]);
    expect((await story.graphql(token, CREATE_DOMAIN, honest)).refusal?.code).toBe('environment_not_granted');
    for (const { type: _type, environments = [], ...scope } of asked.missing)
      await client.call('grants.create', { client_id: 'agent', environments, ...scope }, { assertion });
    expect(await client.call('refusals.get', { request_id })).toMatchObject({ missing: [], grant_for: null });
    const { access_token } = await story.token(story.agent, { task: 'as granted' });
    const another = await story.graphql(access_token, CREATE_DOMAIN, domainIn('e_production', 'other.example.org'));
    expect(another.refusal?.code).toBe('resource_not_granted');
    expect((await story.graphql(access_token, CREATE_DOMAIN, honest)).status).toBe(200);
  });

  test('every refusal and every call is in the log, with its task, and the log is whole', async () => {
    const { items } = await story.owner.client.call('audit.list', { kind: 'request.refused', limit: 100 });
    expect(items.length).toBeGreaterThanOrEqual(attempts.length);
    expect(items.every(({ event }) => event['client_id'] === 'agent' && typeof event['task_id'] === 'string')).toBe(
      true,
    );
    const allowed = await story.owner.client.call('audit.list', { kind: 'request.allowed', limit: 100 });
    expect(allowed.items[0]?.event).toMatchObject({
      operations: ['customDomainCreate'],
      connection: 'railway',
      result: 'allowed',
    });
  });

  test('explain says the same as the gateway, to the agent and to the admin, and sends nothing', async () => {
    await story.forget();
    const request = {
      method: 'POST',
      path: '/graphql/v2',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { volumeDelete(volumeId: "v_both") }' }),
    };
    const response = await fetch(`${story.broker.url}/api/v1/self/explain`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ connection: 'railway', request }),
    });
    const own = (await response.json()) as { readonly detail: string };
    expect(own).toMatchObject({ result: 'refuse', code: 'operation_not_granted' });
    const { refusal } = await story.graphql(token, 'mutation { volumeDelete(volumeId: "v_both") }');
    // Nobody sent it: all else is word for word what the gateway says.
    const said = refusal?.detail.replace('Nothing was sent.', 'Nothing would be sent.');
    expect(own.detail).toBe(said?.replace(/: \S+ has the smallest grant that would do\.$/, '.'));
    const admin = await story.owner.client.call('explain', { client_id: 'agent', connection: 'railway', request });
    expect(admin).toMatchObject({
      result: 'refuse',
      operations: [{ name: 'volumeDelete', effect: 'destroy', environments: ['production', 'staging'] }],
    });
    expect(await story.arrived()).toEqual([]);
  });

  test('the agent sees what it may do, and its own task alone', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const self = await (await fetch(`${story.broker.url}/api/v1/self`, { headers })).json();
    expect(self).toMatchObject({ client_id: 'agent', task: { purpose: 'add a custom domain to staging' } });
    const listed = await fetch(`${story.broker.url}/api/v1/self/operations?q=customDomainCreate`, { headers });
    const list = (await listed.json()) as { readonly items: readonly unknown[] };
    expect(list.items[0]).toMatchObject({
      name: 'customDomainCreate',
      environments: [{ environment: 'staging', outcome: 'allow' }],
    });
    expect((await fetch(`${story.broker.url}/api/v1/tasks`, { headers })).status).toBe(401);
  });
});

describe('with only staging configured', () => {
  let story: Scene;
  let token = '';

  beforeAll(async () => {
    story = await openScene({
      ...AS_STARTED,
      environments: { staging: 'e_staging' },
      grants: [{ environments: ['*'], operations: ['*', '*:destroy'] }],
    });
    token = (await story.token()).access_token;
  });
  afterAll(() => story?.close());

  test.each([
    ["production's volume, whose environment nobody has added", 'mutation { volumeDelete(volumeId: "v_prod") }'],
    ['a volume that is partly there', 'mutation { volumeDelete(volumeId: "v_both") }'],
    ['an unknown id', 'mutation { volumeDelete(volumeId: "v_unknown") }'],
  ])('%s is unresolved, even for *', async (_what, query) => {
    await story.forget();
    const { status, refusal } = await story.graphql(token, query);
    expect({ status, code: refusal?.code }).toEqual({ status: 403, code: 'environment_unresolved' });
    expect(refusal?.detail).toMatch(/^Nothing was sent\./);
    expect(await story.arrived()).toEqual([]);
  });
});
