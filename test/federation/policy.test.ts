import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { getClient } from '../../packages/broker/src/clients/list.ts';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { testTrust, testUnsavedTrust } from '../../packages/broker/src/clients/trust-test.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { patchGrant } from '../../packages/broker/src/grants/patch.ts';
import { previewGrant } from '../../packages/broker/src/grants/preview.ts';
import { type CiScene, DEPLOY, openCiScene } from '../support/ci-scene.ts';
import { DATABASES, OPENING } from '../support/store.ts';

describe.each(DATABASES)('a trust policy, on %s', (kind) => {
  let it: CiScene;

  beforeAll(async () => {
    it = await openCiScene(kind);
  }, OPENING);
  afterAll(() => it?.close());

  test('is kept as given, shown, and changed', async () => {
    const client_id = await it.client('gitlab');
    const { auth } = await getClient(it.owner(), { id: client_id });
    expect(auth).toEqual(it.policy('gitlab'));
    const changed = it.policy('gitlab', { claims: { project_id: '43' } });
    expect((await patchClient(it.owner(), { id: client_id, auth: changed })).auth).toEqual(changed);
  });

  test('is for clients of kind ci alone', async () => {
    const made = createClient(it.owner(), { client_id: 'x', kind: 'agent', name: 'X', auth: it.policy('gitlab') });
    await expect(made).rejects.toMatchObject({ extras: { fields: [{ field: 'auth.method' }] } });
    await expect(patchClient(it.owner(), { id: 'helper', auth: it.policy('gitlab') })).rejects.toMatchObject({
      extras: { fields: [{ field: 'auth.method' }] },
    });
  });

  const dangerous: readonly [what: string, changes: object, field: string, problem: RegExp][] = [
    ['no audience', { audience: '' }, 'auth.audience', /needed/],
    ['the audience tokens have by default', { audience: 'https://github.com/acme' }, 'auth.audience', /by default/],
    ['the audience of AWS', { audience: 'sts.amazonaws.com' }, 'auth.audience', /another service/],
    [
      'names that can be taken over',
      { claims: { repository: 'acme/app', environment: 'p' } },
      'auth.claims',
      /pins no/,
    ],
    ['a wildcard', { claims: { repository_id: '*' } }, 'auth.claims.repository_id', /everything/],
    ['a pattern for sub alone', { claims: { sub: 'repo:acme/*' } }, 'auth.claims.sub', /pattern/],
    [
      'pull requests',
      { claims: { repository_id: '1', event_name: 'pull_request' } },
      'auth.claims.event_name',
      /refused/,
    ],
    ['nothing pinned', { claims: {} }, 'auth.claims', /pins nothing/],
    ['an issuer that is not the system’s', { issuer: 'https://evil.example' }, 'auth.issuer', /issuer/],
    ['plain http elsewhere', { issuer: 'http://10.0.0.1' }, 'auth.issuer', /https/],
  ];
  test.each(dangerous)('with %s is refused with field and reason', async (_what, changes, field, problem) => {
    const auth = it.policy('github_actions', changes);
    const made = createClient(it.owner(), { client_id: 'dangerous', kind: 'ci', name: 'X', auth });
    await expect(made).rejects.toMatchObject({
      code: 'validation_failed',
      extras: {
        fields: expect.arrayContaining([expect.objectContaining({ field, problem: expect.stringMatching(problem) })]),
      },
    });
  });

  test('shows an admin how a token fares, claim by claim, and keeps nothing of it', async () => {
    const id = await it.client('github_actions');
    const token = await it.token('github_actions');
    const good = await testTrust(it.owner(), { id, token });
    expect(good).toMatchObject({ accepted: true, reason: null });
    expect(good.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['signature', 'exp', 'iss', 'aud']));
    // Nothing was used up.
    expect((await it.exchange(id, token)).status).toBe(200);
    const bad = await testTrust(it.owner(), {
      id,
      token: await it.token('github_actions', { environment: 'staging' }),
    });
    expect(bad).toMatchObject({ accepted: false, reason: 'pinned_claim' });
    expect(bad.checks.filter(({ pass }) => !pass)).toEqual([
      { name: 'environment', wanted: ['production'], found: 'staging', pass: false },
    ]);
    expect(JSON.stringify([good, await it.audit()])).not.toContain(token.slice(-60));
  });

  test('can be tried before it is saved, without asking a private address, and is refused there too where it is dangerous', async () => {
    const asked = it.issuer.asked('/.well-known/openid-configuration');
    const token = await it.token('gitlab');
    const tried = await testUnsavedTrust(it.owner(), { token, auth: it.policy('gitlab') });
    // All but the signature, for the issuer of this test has a private address, and is not asked before the policy is saved.
    expect(tried.checks.filter(({ pass }) => !pass).map(({ name }) => name)).toEqual(['signature']);
    expect(tried.hints[0]?.hint).toMatch(/save the policy/);
    expect(it.issuer.asked('/.well-known/openid-configuration')).toBe(asked);
    const auth = it.policy('gitlab', { audience: '' });
    await expect(testUnsavedTrust(it.owner(), { token, auth })).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(testTrust(it.owner(), { id: 'nobody', token })).rejects.toMatchObject({ code: 'not_found' });
    await expect(testTrust(it.owner(), { id: 'helper', token })).rejects.toMatchObject({ code: 'validation_failed' });
  });

  test.each(['variables', 'volumeDelete', 'volume*:destroy', 'apiTokenCreate', '*:reveal', '*:execute'])(
    'a grant of %s goes beyond deploying, and is refused when made, previewed and changed',
    async (operation) => {
      const client_id = await it.client('generic');
      const problem = { extras: { fields: [{ field: 'operations.1', found: operation }] } };
      const grant = { ...DEPLOY, client_id, operations: ['*:read', operation] };
      await expect(createGrant(it.owner(), grant)).rejects.toMatchObject(problem);
      await expect(previewGrant(it.owner(), { ...grant, limit: 10 })).rejects.toMatchObject(problem);
      const { id } = await createGrant(it.owner(), { ...DEPLOY, client_id });
      const changed = patchGrant(it.owner(), { id, operations: grant.operations });
      await expect(changed).rejects.toMatchObject(problem);
    },
  );
});
