/** The pitfalls of CI federation, one test each, with claims as the systems write them, at the token endpoint. */

import type { CiSystemId, FederatedAuth } from '@writ/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { type CiScene, openCiScene } from '../support/ci-scene.ts';
import { OPENING } from '../support/store.ts';

let it: CiScene;
beforeAll(async () => {
  it = await openCiScene('embedded');
}, OPENING);
afterAll(() => it?.close());

/** Why a token is refused; `issued` when it is not. */
async function outcome(client_id: string, token: string): Promise<unknown> {
  const { status } = await it.exchange(client_id, token);
  return status === 200 ? 'issued' : await it.reason();
}

/** What of a policy is refused when it is saved. */
async function refusedFields(ci: CiSystemId, changes: Partial<FederatedAuth>): Promise<unknown[]> {
  const made = createClient(it.owner(), {
    client_id: 'never',
    kind: 'ci',
    name: 'Never',
    auth: it.policy(ci, changes),
  });
  const error: unknown = await made.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  const fields = Reflect.get(Object(Reflect.get(Object(error), 'extras')), 'fields');
  return Array.isArray(fields) ? fields.map(({ field }) => field) : [];
}

test('1: a token made for somebody else, by default or on purpose, is not taken', async () => {
  const github = await it.client('github_actions');
  for (const aud of [
    'https://github.com/octo-org',
    'sts.amazonaws.com',
    ['sts.amazonaws.com', it.policy('github_actions').audience],
  ]) {
    expect(await outcome(github, await it.token('github_actions', { aud }))).toBe('aud');
  }
  expect(await outcome(await it.client('gitlab'), await it.token('gitlab', { aud: 'https://gitlab.com' }))).toBe('aud');
});

test('2: the next owner of a name does not inherit what its ids were trusted with', async () => {
  const recycled = { repository_id: '999', repository_owner_id: '888' };
  expect(await outcome(await it.client('github_actions'), await it.token('github_actions', recycled))).toBe(
    'pinned_claim',
  );
  expect(
    await refusedFields('github_actions', { claims: { repository: 'octo-org/octo-repo', environment: 'production' } }),
  ).toEqual(['auth.claims']);
  expect(await refusedFields('gitlab', { claims: { project_path: 'g/p', ref_protected: true } })).toEqual([
    'auth.claims',
  ]);
});

test('3: ids are compared as claims; a sub that collides says nothing', async () => {
  const client_id = await it.client('github_actions');
  const squat = {
    sub: 'repo:octo-org@123456/octo-repo@456789:environment:production',
    repository_id: '45678',
    repository_owner_id: '9123456',
  };
  expect(await outcome(client_id, await it.token('github_actions', squat))).toBe('pinned_claim');
});

test('4: no wildcard but at the end of a ref, and that matches nothing that only begins alike', async () => {
  expect(await refusedFields('github_actions', { claims: { repository_id: '4567*' } })).toEqual([
    'auth.claims.repository_id',
  ]);
  expect(await refusedFields('github_actions', { claims: { sub: 'repo:octo-org*', repository_id: '1' } })).toEqual([
    'auth.claims.sub',
  ]);
  const client_id = await it.client('github_actions', { claims: { repository_id: '456789', ref: 'refs/tags/v*' } });
  expect(await outcome(client_id, await it.token('github_actions', { ref: 'refs/tags/v1' }))).toBe('issued');
  expect(await outcome(client_id, await it.token('github_actions', { ref: 'refs/heads/v1' }))).toBe('pinned_claim');
  expect(await outcome(client_id, await it.token('github_actions', { ref: 'refs/tags/w1' }))).toBe('pinned_claim');
});

test('5: a job that runs for a pull request, or at a word of somebody else, gets nothing', async () => {
  const client_id = await it.client('github_actions', { claims: { repository_id: '456789' } });
  for (const event_name of ['pull_request', 'pull_request_target', 'workflow_run', 'issue_comment']) {
    expect(await outcome(client_id, await it.token('github_actions', { event_name }))).toBe('event');
  }
  expect(await outcome(client_id, await it.token('github_actions', { ref: 'refs/pull/1/merge' }))).toBe('event');
  const gitlab = await it.client('gitlab', { claims: { project_id: '42' } });
  expect(await outcome(gitlab, await it.token('gitlab', { pipeline_source: 'merge_request_event' }))).toBe('event');
  const circle = await it.client('circleci');
  expect(await outcome(circle, await it.token('circleci', { 'oidc.circleci.com/ssh-rerun': true }))).toBe('event');
});

test('6: a pinned environment is not satisfied by a branch', async () => {
  const client_id = await it.client('github_actions');
  expect(await outcome(client_id, await it.token('github_actions', { environment: undefined }))).toBe('pinned_claim');
});

test('7: the called workflow is pinned by its file and ref, and the caller by its id besides', async () => {
  const pinned = {
    repository_id: '456789',
    job_workflow_ref: 'octo-org/auto/.github/workflows/deploy.yml@refs/tags/v3',
  };
  const client_id = await it.client('github_actions', { claims: pinned });
  expect(await outcome(client_id, await it.token('github_actions'))).toBe('issued');
  const moved = { job_workflow_ref: 'octo-org/auto/.github/workflows/deploy.yml@refs/heads/main' };
  expect(await outcome(client_id, await it.token('github_actions', moved))).toBe('pinned_claim');
  expect(await outcome(client_id, await it.token('github_actions', { repository_id: '1' }))).toBe('pinned_claim');
});

test('8: sub alone is never enough: its template can be changed', async () => {
  expect(
    await refusedFields('github_actions', { claims: { sub: 'repo:octo-org/octo-repo:environment:production' } }),
  ).toEqual(expect.arrayContaining(['auth.claims', 'auth.claims.sub']));
});

test('9: a runner of the wrong kind is refused where it is pinned', async () => {
  const client_id = await it.client('github_actions', {
    claims: { repository_id: '456789', runner_environment: 'github-hosted' },
  });
  expect(await outcome(client_id, await it.token('github_actions', { runner_environment: 'self-hosted' }))).toBe(
    'pinned_claim',
  );
});

test('10: of two policies that a token fits, the one that is named counts', async () => {
  const [one, two] = [await it.client('buildkite'), await it.client('buildkite')];
  for (const client_id of [one, two]) {
    const reply = await it.exchange(client_id, await it.token('buildkite'));
    expect(JSON.stringify((await it.audit()).at(-1))).toContain(`"client_id":"${client_id}"`);
    expect(reply.status).toBe(200);
  }
  expect(await outcome('', await it.token('buildkite'))).toBe('no_policy');
});

test('11: an unknown key has the issuer asked once, however many come; what a silent issuer leaves open is no refusal', async () => {
  const client_id = await it.client('github_actions');
  expect(await outcome(client_id, await it.token('github_actions'))).toBe('issued');
  await it.issuer.rotate();
  const before = it.issuer.asked('/keys');
  const token = await it.token('github_actions');
  const replies = await Promise.all(Array.from({ length: 20 }, () => it.exchange(client_id, token)));
  expect(it.issuer.asked('/keys') - before).toBe(1);
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  it.issuer.answerWith(503);
  it.wait(601_000);
  const reply = await it.exchange(client_id, await it.token('github_actions', later()));
  expect(reply).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    body: { error: 'temporarily_unavailable', error_description: expect.stringContaining('ask again') },
  });
  expect(await it.reason()).toBe('issuer_unavailable');
  it.issuer.answerWith(200);
  it.wait(31_000);
}, 60_000);

test('12: a token begun ten minutes ago is fine; one that lives beyond an hour is not', async () => {
  const client_id = await it.client('github_actions');
  const { iat } = later();
  expect(await outcome(client_id, await it.token('github_actions', { ...later(), nbf: iat - 600 }))).toBe('issued');
  expect(await outcome(client_id, await it.token('github_actions', { ...later(), exp: iat + 7200 }))).toBe('exp');
  expect(await outcome(client_id, await it.token('github_actions', { ...later(), iat: iat + 120 }))).toBe('iat');
});

/** Times by the clock of the services, which tests move on. */
function later(): { readonly iat: number; readonly nbf: number; readonly exp: number } {
  const now = Math.floor(it.services.now() / 1000);
  return { iat: now, nbf: now, exp: now + 300 };
}
