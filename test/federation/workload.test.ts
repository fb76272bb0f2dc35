import { authenticateHolder } from '@writ/broker';
import { CI_SYSTEMS } from '@writ/core';
import { readCompact, TOKEN_TYPES } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { putOperation } from '../../packages/broker/src/operations/put.ts';
import { type CiScene, DEPLOY, openCiScene } from '../support/ci-scene.ts';
import { bearer } from '../support/presented.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { basic, tokenOf } from '../support/token-scene.ts';

const detail = (change: object = {}) => JSON.stringify([{ type: 'provider_operations', ...DEPLOY, ...change }]);
const NOT_ACCEPTED = 'workload token not accepted';

describe.each(DATABASES)('a workload that shows its own token, on %s', (kind) => {
  let it: CiScene;

  beforeAll(async () => {
    it = await openCiScene(kind);
  }, OPENING);
  afterAll(() => it?.close());

  test.each(CI_SYSTEMS)('a job of %s gets a token for what its client is granted, in both spellings', async (ci) => {
    const client_id = await it.client(ci);
    const reply = await it.exchange(client_id, await it.token(ci), { task: 'release' });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        token_type: 'Bearer',
        issued_token_type: TOKEN_TYPES.access_token,
        authorization_details: [{ ...DEPLOY }],
      },
    });
    const { payload } = readCompact(tokenOf(reply));
    expect(payload).toMatchObject({ client_id, ci: { system: ci } });
    expect(payload['sub']).toMatch(new RegExp(`^ci:${client_id}:.`));
    expect(await authenticateHolder(it.services, bearer(tokenOf(reply)))).toMatchObject({ client_id });
    // Where there is one token a job, the next is of the next job.
    const again = await it.token(ci, { job_id: '902' });
    const other = await it.bearer(client_id, again);
    expect(other.status).toBe(200);
    expect(other.body).not.toHaveProperty('issued_token_type');
  });

  test('the token lives ten minutes at most, and never longer than the one it was made from', async () => {
    const client_id = await it.client('circleci');
    const now = Math.floor(Date.now() / 1000);
    const long = await it.exchange(client_id, await it.token('circleci', { exp: now + 3000 }), { expires_in: '3000' });
    expect(long.body).toMatchObject({ expires_in: 600 });
    const short = await it.exchange(client_id, await it.token('circleci', { exp: now + 90 }));
    expect(Reflect.get(short.body, 'expires_in')).toBeLessThanOrEqual(90);
    const over = await it.exchange(client_id, await it.token('circleci', { iat: now - 100, exp: now - 5 }));
    expect(over.body).toMatchObject({ error: 'invalid_request' });
  });

  test('every refusal looks the same; why is in the audit log, under the id of the request', async () => {
    const client_id = await it.client('github_actions');
    const other = await it.client('github_actions', { audience: 'https://writ.example.com/ci/other' });
    const now = Math.floor(Date.now() / 1000);
    const good = await it.token('github_actions');
    const cases: readonly [reason: string, client: string, token: string][] = [
      ['unknown', 'nobody', good],
      ['other_method', 'helper', good],
      ['aud', other, good],
      ['not_three_segments', client_id, 'x'],
      ['iss', client_id, await it.token('github_actions', { iss: 'https://evil.example' })],
      ['exp', client_id, await it.token('github_actions', { exp: now - 61, iat: now - 300 })],
      ['event', client_id, await it.token('github_actions', { event_name: 'pull_request' })],
      ['pinned_claim', client_id, await it.token('github_actions', { environment: 'staging' })],
      ['kid_unknown', client_id, await it.issuer.sign({}, { header: { kid: 'nobody' } }).then(() => withKid(good))],
      ['signature', client_id, `${good.slice(0, good.lastIndexOf('.'))}.${'A'.repeat(342)}`],
    ];
    for (const [reason, client, token] of cases) {
      const exchanged = await it.exchange(client, token);
      expect(exchanged, reason).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      expect(exchanged.body, reason).toEqual({ error: 'invalid_request', error_description: NOT_ACCEPTED });
      expect(await it.reason()).toBe(reason);
      expect((await it.bearer(client, token)).body, reason).toEqual({
        error: 'invalid_grant',
        error_description: NOT_ACCEPTED,
      });
    }
    const log = JSON.stringify(await it.audit());
    expect(log).toContain('"found":"staging"');
    expect(log).not.toContain(good.slice(0, 60));
  });

  test('a job with names as long as there are gets a token that can be used', async () => {
    const client_id = await it.client('github_actions', { claims: { repository_id: '456789' } });
    const long = '\u{1f680}'.repeat(150);
    const names = {
      ref: long,
      environment: long,
      actor: long,
      workflow_ref: long,
      job_workflow_ref: long,
      repository: long,
    };
    const reply = await it.exchange(client_id, await it.token('github_actions', { ...names, sub: long }));
    expect(await authenticateHolder(it.services, bearer(tokenOf(reply)))).toMatchObject({ client_id });
  });

  test('a disabled or frozen client gets nothing', async () => {
    const client_id = await it.client('gitlab');
    await createFreeze(it.owner(), { client_id, reason: 'suspicious' });
    expect((await it.exchange(client_id, await it.token('gitlab', { job_id: '1' }))).body).toMatchObject({
      error: 'access_denied',
    });
    const off = await it.client('gitlab');
    await patchClient(it.owner(), { id: off, disabled: true });
    expect((await it.exchange(off, await it.token('gitlab', { job_id: '2' }))).body).toMatchObject({
      error: 'invalid_request',
      error_description: NOT_ACCEPTED,
    });
  });

  test('a workload that also proves itself otherwise is refused, and so is one that names no policy', async () => {
    const client_id = await it.client('generic');
    const token = await it.token('generic');
    expect((await it.exchange(client_id, token, { client_secret: 'x' })).body).toMatchObject({
      error: 'invalid_request',
    });
    expect(await it.reason()).toBe('two_methods');
    expect((await it.exchange('', token)).body).toMatchObject({ error: 'invalid_request' });
    expect(await it.reason()).toBe('no_policy');
    expect((await it.ask({ client_id }, basic(client_id, 'x'))).body).toMatchObject({ error: 'invalid_client' });
  });

  test('asking twice for one resource, or for a strange one, is invalid_target', async () => {
    const client_id = await it.client('generic');
    const token = await it.token('generic');
    const ask = (parameters: Readonly<Record<string, string>>) => it.exchange(client_id, token, parameters);
    const gateway = 'http://localhost:8700/gateway';
    expect((await ask({ audience: 'https://elsewhere.example' })).body).toMatchObject({ error: 'invalid_target' });
    expect((await ask({ audience: gateway, resource: `${gateway}/railway` })).body).toMatchObject({
      error: 'invalid_target',
    });
    const reply = await ask({ audience: `${gateway}/railway` });
    expect(readCompact(tokenOf(reply)).payload['aud']).toBe(`${gateway}/railway`);
  });

  test('a token that is minted for one use is good once, of 50 at the same time', async () => {
    const client_id = await it.client('github_actions');
    const token = await it.token('github_actions');
    const replies = await Promise.all(Array.from({ length: 50 }, () => it.exchange(client_id, token)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = replies.filter(({ status }) => status !== 200).map(({ body }) => body);
    expect(refused).toEqual(refused.map(() => ({ error: 'invalid_request', error_description: NOT_ACCEPTED })));
    expect(await it.reason()).toBe('replayed');
  }, 60_000);

  test('nor is it good at a second policy', async () => {
    const [one, two] = [await it.client('buildkite'), await it.client('buildkite')];
    const token = await it.token('buildkite');
    expect((await it.exchange(one, token)).status).toBe(200);
    expect((await it.exchange(two, token)).status).toBe(400);
  });

  test('the one token of a job comes again five times, for the same or less, each logged', async () => {
    const client_id = await it.client('gitlab');
    const token = await it.token('gitlab', { job_id: '77' });
    expect(
      (await it.exchange(client_id, token, { authorization_details: detail({ operations: ['*:read'] }) })).status,
    ).toBe(200);
    // Another token of the same job is the same use.
    const wider = await it.exchange(client_id, await it.token('gitlab', { job_id: '77' }));
    expect(wider.body).toEqual({ error: 'invalid_request', error_description: NOT_ACCEPTED });
    expect(await it.reason()).toBe('wider_than_before');
    const again = () => it.exchange(client_id, token, { authorization_details: detail({ operations: ['*:read'] }) });
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await again()).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(await it.reason()).toBe('used_up');
    const issued = (await it.audit()).filter(
      (entry) => entry['kind'] === 'token.issued' && entry['client_id'] === client_id,
    );
    expect(issued.map((entry) => Reflect.get(Object(entry['data']), 'subject_token_uses')).sort()).toEqual([
      1, 3, 4, 5,
    ]);
  }, 60_000);

  test('an operation whose effect was raised after the grant was saved is not issued', async () => {
    const client_id = await it.client('generic');
    const raised = {
      connection: 'railway',
      name: 'serviceInstanceRedeploy',
      effect: 'destroy' as const,
      note: 'risky',
    };
    await putOperation(it.owner(), raised);
    const reply = await it.exchange(client_id, await it.token('generic'));
    expect(reply.body).toMatchObject({ error: 'invalid_authorization_details' });
    expect(Reflect.get(reply.body, 'error_description')).toContain('destroy');
  });
});

/** The token with a kid that the issuer does not have; the signature does not matter. */
function withKid(token: string): string {
  const [, payload = '', signature = ''] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: 'nobody' })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}
