import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimsOf } from '../../packages/tokens/test/ci-samples.ts';
import { type ForeignIssuer, startForeignIssuer } from '../support/foreign-issuer.ts';
import { AS_STARTED, openScene, type Scene } from '../support/scene.ts';
import { type IdentityEndpoint, leaks, openRunner, type Runner, startIdentityEndpoint } from './runner.ts';

const PINNED = {
  repository_id: '456789',
  repository_owner_id: '123456',
  environment: 'production',
  event_name: 'push',
};
const REDEPLOY = (environment: string) =>
  `mutation { serviceInstanceRedeploy(environmentId: "${environment}", serviceId: "s_api") }`;
const QUOTED = 'fake-words-of-a-server';

let runner: Runner;
let story: Scene;
let issuer: ForeignIssuer;
let identity: IdentityEndpoint;
/** The last identity token that GitHub's stand-in gave out. */
let given = '';
/** What is different in the next one. */
let claims: Readonly<Record<string, unknown>> = {};

beforeAll(async () => {
  [runner, story, issuer] = await Promise.all([openRunner(), openScene(AS_STARTED), startForeignIssuer()]);
  identity = await startIdentityEndpoint(async (audience) => {
    const { iss: _, jti: __, ...sample } = claimsOf('github_actions', Math.floor(Date.now() / 1000));
    given = await issuer.sign({ ...sample, aud: audience, ...claims });
    return given;
  });
  const { client } = story.owner;
  const auth = {
    method: 'federated' as const,
    ci: 'github_actions' as const,
    issuer: issuer.url,
    audience: `${story.broker.url}/ci/deploy`,
    claims: PINNED,
    allow_private_network: true,
  };
  await client.call('clients.create', { client_id: 'deploy', kind: 'ci', name: 'Deploy', auth });
  const scope = { connection: 'railway', environments: ['staging'], operations: ['*:read', 'serviceInstanceRedeploy'] };
  await client.call('grants.create', { client_id: 'deploy', ...scope });
});

afterAll(async () => {
  await Promise.all([runner?.close(), story?.close(), issuer?.close(), identity?.close()]);
});

const inputs = (more: Readonly<Record<string, string>> = {}) => ({
  url: story.broker.url,
  'client-id': 'deploy',
  ...more,
});

describe('a job with an identity and no secret', () => {
  test('gets a token that deploys to one environment and does nothing else, until the job is over', async () => {
    const main = await runner.main(inputs(), identity);
    expect(main).toMatchObject({ code: 0 });
    expect(identity.audiences.at(-1)).toBe(`${story.broker.url}/ci/deploy`);
    const token = main.outputs['access-token'] ?? '';
    const ask = (query: string) => story.graphql(token, query);

    await story.forget();
    expect((await ask(REDEPLOY('e_staging'))).body.data).toEqual({ serviceInstanceRedeploy: true });
    expect(await story.arrived()).toHaveLength(1);
    for (const query of [
      REDEPLOY('e_production'),
      'mutation { volumeDelete(volumeId: "v_both") }',
      'mutation { serviceDelete(id: "s_api", environmentId: "e_staging") }',
      'mutation { deploymentRestart(id: "d_api_staging") }',
    ]) {
      expect((await ask(query)).refusal?.code, query).toMatch(/_not_granted$/);
    }
    expect(await story.arrived()).toHaveLength(1);

    const post = await runner.post(main.state);
    expect(post).toMatchObject({ code: 0 });
    expect(post.log).toContain('The access token is ended.');
    expect((await ask(REDEPLOY('e_staging'))).refusal?.code).toBe('task_ended');
    expect(await story.arrived()).toHaveLength(1);
  });

  test('its tokens are masked before anything else can show them, and nothing but the mask holds them', async () => {
    const main = await runner.main(inputs(), identity);
    const token = main.outputs['access-token'] ?? '';
    expect(token).toMatch(/^ey/);
    const post = await runner.post(main.state);
    for (const secret of [token, given]) {
      expect(main.log).toContain(`::add-mask::${secret}\n`);
      expect(leaks(main.log, secret)).toEqual([]);
      expect(leaks(post.log, secret)).toEqual([]);
      expect(story.broker.logs()).not.toContain(secret);
    }
    const lines = main.log.split('\n');
    const said = lines.findIndex((line) => line.startsWith('Writ gave'));
    expect(lines.indexOf(`::add-mask::${token}`)).toBeLessThan(said);
    expect(post.log.startsWith(`::add-mask::${token}\n`)).toBe(true);
  });

  test('the audit log says which job it was and what for, and when it ended', async () => {
    const main = await runner.main(inputs({ task: 'release 1.2' }), identity);
    await runner.post(main.state);
    const { items } = await story.owner.client.call('tasks.list', {});
    const task = items.find(({ purpose }) => purpose === 'release 1.2');
    expect(task).toMatchObject({ client_id: 'deploy', ended_at: expect.any(String) });
    await runner.main(inputs(), identity);
    const purposes = (await story.owner.client.call('tasks.list', {})).items.map(({ purpose }) => purpose);
    expect(purposes).toContain('octo-org/octo-repo, deploy, run 123');
  });

  test('asks for less with authorization-details, and for another audience where the policy has one', async () => {
    const detail = {
      type: 'provider_operations',
      connection: 'railway',
      environments: ['staging'],
      operations: ['environment'],
    };
    const main = await runner.main(inputs({ 'authorization-details': JSON.stringify([detail]) }), identity);
    const token = main.outputs['access-token'] ?? '';
    expect((await story.graphql(token, '{ environment(id: "e_staging") { id } }')).status).toBe(200);
    expect((await story.graphql(token, REDEPLOY('e_staging'))).refusal?.code).toBe('operation_not_granted');

    const other = await runner.main(inputs({ audience: 'https://elsewhere.example.com' }), identity);
    expect(identity.audiences.at(-1)).toBe('https://elsewhere.example.com');
    expect(other).toMatchObject({ code: 1, outputs: {}, state: {} });
  });
});

test('a release says what it takes and gives, and under what terms its parts are', async () => {
  const [manifest, terms] = await Promise.all(
    ['action.yml', 'THIRD-PARTY-LICENSES.txt'].map((file) => readFile(join(runner.action, file), 'utf8')),
  );
  const names = [...(manifest ?? '').matchAll(/^ {2}([\w-]+):$/gm)].map((match) => match[1]);
  expect(names).toEqual(['url', 'client-id', 'audience', 'authorization-details', 'task', 'access-token']);
  expect(manifest).toMatch(/using: node24\n {2}main: dist\/main\.js\n {2}post: dist\/post\.js\n$/);
  expect(terms).toMatch(/^@actions\/core 3\.0\.1$/m);
});

describe('what fails is one sentence, and no word of a server', () => {
  const errorOf = (log: string) => log.split('\n').filter((line) => line.startsWith('::error::'));

  test('a job that the policy does not take is told where to look, and gets nothing', async () => {
    claims = { environment: 'staging' };
    const main = await runner.main(inputs(), identity);
    claims = {};
    expect(main).toMatchObject({ code: 1, outputs: {}, state: {} });
    expect(errorOf(main.log)).toEqual([
      expect.stringMatching(/^::error::Writ refused \(invalid_request\): it did not accept this job.* under req_\w+ /),
    ]);
    expect(main.log).not.toContain('workload token not accepted');
    expect(leaks(main.log, given)).toEqual([]);
    expect(await runner.post(main.state)).toMatchObject({ code: 0, log: '' });
  });

  test('more than the client is granted is refused', async () => {
    const detail = { type: 'provider_operations', connection: 'railway', environments: ['production'] };
    const details = JSON.stringify([{ ...detail, operations: ['serviceInstanceRedeploy'] }]);
    const main = await runner.main(inputs({ 'authorization-details': details }), identity);
    expect(main).toMatchObject({ code: 1, outputs: {} });
    expect(errorOf(main.log)[0]).toContain('(invalid_authorization_details)');
  });

  test('wrong inputs are refused before anybody is asked', async () => {
    const before = identity.audiences.length;
    const cases: readonly [Readonly<Record<string, string>>, string][] = [
      [inputs({ url: '' }), 'The input url is missing.'],
      [inputs({ 'client-id': '' }), 'The input client-id is missing.'],
      [inputs({ url: 'http://writ.example.com' }), 'The input url must be an https address.'],
      [inputs({ url: 'http://127.evil.example' }), 'The input url must be an https address.'],
      [inputs({ url: 'http://localhost@evil.example' }), 'The input url must be an https address.'],
      [inputs({ url: 'https://user:pw@writ.example.com' }), 'must be an address alone'],
      [inputs({ 'authorization-details': '{' }), 'The input authorization-details is not valid JSON.'],
      [inputs({ 'authorization-details': '[{}]' }), 'The input authorization-details is wrong: 0.type is missing.'],
      [inputs({ task: 'x'.repeat(201) }), 'The input task must be at most 200 characters.'],
    ];
    for (const [wrong, sentence] of cases) {
      const main = await runner.main(wrong, identity);
      expect(main.code, sentence).toBe(1);
      expect(errorOf(main.log).join(), sentence).toContain(sentence);
    }
    expect(identity.audiences).toHaveLength(before);
  });

  test('a job without the permission is told which it needs', async () => {
    const main = await runner.main(inputs());
    expect(main.code).toBe(1);
    expect(errorOf(main.log)[0]).toContain('`permissions: id-token: write`');
  });

  test('what GitHub says when it gives no token is not shown', async () => {
    const broken = await startIdentityEndpoint(async () => ({ status: 403, message: QUOTED }));
    const main = await runner.main(inputs(), broken);
    await broken.close();
    expect(main.code).toBe(1);
    expect(errorOf(main.log)).toEqual(['::error::GitHub did not give this job an identity token.']);
    expect(main.log).not.toContain(QUOTED);
  });

  test('an answer of something in the place of Writ is not shown, not believed and not followed', async () => {
    const answers: readonly [number, Readonly<Record<string, string>>, string][] = [
      [200, {}, JSON.stringify({ access_token: { [QUOTED]: 1 } })],
      [200, {}, `<html>${QUOTED}`],
      [
        400,
        { 'writ-request': QUOTED },
        JSON.stringify({ error: `${QUOTED}\n::set-output::`, error_description: QUOTED }),
      ],
      [500, {}, QUOTED],
      [307, { location: `${story.broker.url}/oauth/token` }, QUOTED],
    ];
    for (const [status, headers, body] of answers) {
      const server = createServer((_, response) => response.writeHead(status, headers).end(body));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const main = await runner.main(inputs({ url }), identity);
      const post = await runner.post({ url, access_token: 'fake-token' });
      await new Promise((resolve) => server.close(resolve));
      expect(main, body).toMatchObject({ code: 1, outputs: {}, state: {} });
      expect(errorOf(main.log), body).toHaveLength(1);
      expect(main.log + post.log).not.toContain(QUOTED);
      expect(leaks(main.log, given)).toEqual([]);
    }
  });

  test('a token that could not be ended is a warning: the job is done, and the token expires by itself', async () => {
    const post = await runner.post({ url: 'http://127.0.0.1:1', access_token: 'fake-token' });
    expect(post.code).toBe(0);
    expect(post.log).toMatch(/::warning::Writ was not reached at http:\/\/127.0.0.1:1\. It expires within ten minutes/);
    expect(leaks(post.log, 'fake-token')).toEqual([]);
  });

  test('a token that has ended already is as good as ended', async () => {
    const main = await runner.main(inputs(), identity);
    await runner.post(main.state);
    const again = await runner.post(main.state);
    expect(again.code).toBe(0);
    expect(again.log).toContain('The access token is ended.');
  });
});
