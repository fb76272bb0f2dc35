import { GRANT_TYPES, TOKEN_TYPES } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimsOf, policyFor } from '../../packages/tokens/test/ci-samples.ts';
import { type Broker, startBroker } from '../support/broker.ts';
import { type ForeignIssuer, startForeignIssuer } from '../support/foreign-issuer.ts';
import { type Agent, arrived, basic, openScene, refusalOf, type Scene } from '../support/scene.ts';
import { DATABASES, type DatabaseKind, OPENING } from '../support/store.ts';

const CLIENT = 'deploy';
const REDEPLOY = `mutation Deploy($environmentId: String!) {
  serviceInstanceRedeploy(serviceId: "s_api", environmentId: $environmentId) }`;

/** A job, GitHub's, that was given no secret: it asks GitHub for a token, and Writ for another. */
async function openJob(database: DatabaseKind) {
  const [scene, issuer] = await Promise.all([openScene({ database }), startForeignIssuer()]);
  const audience = `${scene.broker.url}/ci/${CLIENT}`;
  const auth = policyFor('github_actions', { issuer: issuer.url, audience, allow_private_network: true });
  const { client } = scene.owner;
  await client.call('clients.create', { client_id: CLIENT, kind: 'ci', name: 'Deploy', auth });
  const operations = ['*:read', 'serviceInstanceRedeploy'];
  await client.call('grants.create', {
    client_id: CLIENT,
    connection: 'railway',
    environments: ['staging'],
    operations,
  });
  return { scene, issuer, audience };
}

async function jobToken(issuer: ForeignIssuer, aud: string, claims: object = {}): Promise<string> {
  const { jti: _, iss: __, ...sample } = claimsOf('github_actions', Math.floor(Date.now() / 1000));
  return await issuer.sign({ ...sample, aud, ...claims });
}

async function exchange(broker: Pick<Broker, 'url'>, fields: Readonly<Record<string, string>>, as?: Agent) {
  const response = await fetch(`${broker.url}/oauth/token`, {
    method: 'POST',
    headers: as === undefined ? {} : { authorization: basic(as) },
    body: new URLSearchParams({ grant_type: GRANT_TYPES.token_exchange, ...fields }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const asJob = (subject_token: string) => ({ client_id: CLIENT, subject_token, subject_token_type: TOKEN_TYPES.jwt });

describe.each(DATABASES)('a CI job without a secret, on %s', (database) => {
  let scene: Scene;
  let issuer: ForeignIssuer;
  let audience = '';
  let token = '';

  beforeAll(async () => {
    ({ scene, issuer, audience } = await openJob(database));
    const { status, body } = await exchange(scene.broker, asJob(await jobToken(issuer, audience)));
    expect([status, body]).toMatchObject([200, { token_type: 'Bearer' }]);
    token = String(body['access_token']);
  }, OPENING);
  afterAll(async () => {
    await issuer?.close();
    await scene?.close();
  });

  test('deploys to its environment', async () => {
    const answer = await scene.graphql(token, REDEPLOY, { environmentId: 'e_staging' });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('serviceInstanceRedeploy')]);
  });

  test.each([
    [
      'deploys to another',
      'mutation Elsewhere { serviceInstanceRedeploy(serviceId: "s_api", environmentId: "e_production") }',
      'environment_not_granted',
    ],
    ['deletes', 'mutation Delete { volumeDelete(volumeId: "v_prod") }', 'operation_not_granted'],
    [
      'reads secrets',
      'query Secrets { variables(projectId: "p_rentals", environmentId: "e_staging") }',
      'operation_not_granted',
    ],
    ['makes credentials', 'mutation Escalate { apiTokenCreate(input: { name: "x" }) }', 'operation_not_granted'],
  ])('%s, and nothing is sent', async (_what, query, code) => {
    const answer = await scene.graphql(token, query);
    expect(refusalOf(answer)).toEqual([403, code]);
    expect(await arrived(scene, query.split(/[\s{]/)[1] ?? '')).toEqual([]);
  });

  test('a pull request, another environment, and a token made for others get nothing', async () => {
    for (const claims of [
      { event_name: 'pull_request' },
      { environment: 'staging' },
      { aud: 'https://github.com/octo-org' },
    ]) {
      const { status, body } = await exchange(scene.broker, asJob(await jobToken(issuer, audience, claims)));
      expect([status, body]).toEqual([
        400,
        { error: 'invalid_request', error_description: 'workload token not accepted' },
      ]);
    }
  });

  test('an admin finds out why by the id of the request', async () => {
    const response = await fetch(`${scene.broker.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: GRANT_TYPES.jwt_bearer,
        client_id: CLIENT,
        assertion: await jobToken(issuer, audience, { repository_id: '1' }),
      }),
    });
    const request_id = response.headers.get('writ-request') ?? '';
    const [event] = await scene.audit({ request_id });
    expect(event).toMatchObject({
      kind: 'token.refused',
      data: {
        reason: 'pinned_claim',
        policy: CLIENT,
        checks: [{ name: 'repository_id', wanted: ['456789'], found: '1' }],
      },
    });
  });

  test('the token of the job is nowhere in the log or the audit', async () => {
    const shown = await jobToken(issuer, audience);
    await exchange(scene.broker, asJob(shown));
    const signature = shown.slice(shown.lastIndexOf('.') + 1);
    expect(scene.broker.logs()).not.toContain(signature);
    expect(JSON.stringify(await scene.audit({}))).not.toContain(signature);
  });
});

describe('two brokers on one database', () => {
  let scene: Scene;
  let issuer: ForeignIssuer;
  let audience = '';
  let second: Broker;

  beforeAll(async () => {
    ({ scene, issuer, audience } = await openJob('postgres'));
    second = await startBroker({ beside: scene.broker, env: { WRIT_PUBLIC_URL: scene.broker.url } });
  }, OPENING);
  afterAll(async () => {
    await issuer?.close();
    await second?.stop();
    await scene?.close();
  });

  test('of 50 exchanges of one token at both, exactly one succeeds', async () => {
    const shown = await jobToken(issuer, audience);
    const url = (index: number): string =>
      index % 2 === 0 ? scene.broker.url : `http://localhost:${second.env['WRIT_PORT']}`;
    const all = Array.from({ length: 50 }, (_, index) => exchange({ url: url(index) }, asJob(shown)));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(new Set(statuses)).toEqual(new Set([200, 400]));
  }, 60_000);

  test('stopping the parent at one stops the child at the other', async () => {
    const other = `http://localhost:${second.env['WRIT_PORT']}`;
    const worker = await scene.client([]);
    const parent = await scene.token();
    const { body } = await exchange(
      { url: other },
      { subject_token: parent.access_token, subject_token_type: TOKEN_TYPES.access_token },
      worker,
    );
    const child = String(body['access_token']);
    const read = async (): Promise<number> => {
      const headers = {
        authorization: `Bearer ${child}`,
        'content-type': 'application/json',
        host: new URL(scene.broker.url).host,
      };
      const query = JSON.stringify({ query: 'query Reading { environment(id: "e_staging") { id } }' });
      return (await fetch(`${scene.broker.url}/gateway/railway/graphql/v2`, { method: 'POST', headers, body: query }))
        .status;
    };
    expect(await read()).toBe(200);
    await fetch(`${other}/oauth/revoke`, {
      method: 'POST',
      headers: { authorization: basic(scene.agent) },
      body: new URLSearchParams({ token: parent.access_token }),
    });
    expect(await read()).toBe(401);
  });
});
