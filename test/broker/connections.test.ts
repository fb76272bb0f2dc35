import type { AuthorizedValue } from '@writ/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { putCredential } from '../../packages/broker/src/connections/credential.ts';
import { deleteConnection } from '../../packages/broker/src/connections/delete.ts';
import { getConnection } from '../../packages/broker/src/connections/list.ts';
import { patchConnection } from '../../packages/broker/src/connections/patch.ts';
import { readSchema } from '../../packages/broker/src/connections/schema.ts';
import { verifyConnection } from '../../packages/broker/src/connections/verify.ts';
import { createEnvironment } from '../../packages/broker/src/environments/create.ts';
import { deleteEnvironment } from '../../packages/broker/src/environments/delete.ts';
import { importEnvironments } from '../../packages/broker/src/environments/import.ts';
import { listEnvironments } from '../../packages/broker/src/environments/list.ts';
import { patchEnvironment } from '../../packages/broker/src/environments/patch.ts';
import { listInventory } from '../../packages/broker/src/operations/inventory.ts';
import { listOperations } from '../../packages/broker/src/operations/list.ts';
import { putOperation } from '../../packages/broker/src/operations/put.ts';
import { flagCredential, noteAccepted } from '../../packages/broker/src/record/flag.ts';
import { credentials } from '../../packages/store/src/schema/connections.ts';
import { epochs } from '../../packages/store/src/schema/epochs.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import { DATABASES } from '../support/store.ts';

const page = { limit: 100 };

describe.each(DATABASES)('connections, on %s', (kind) => {
  let it: InProcess;
  let railway: RailwayUpstream;

  beforeAll(async () => {
    it = await openInProcess(kind, { railway: 'connected' });
    ({ railway } = it);
  });
  afterAll(async () => {
    await it?.close();
  });

  test('a credential counts as unverified until the provider took it', async () => {
    const before = await getConnection(it.owner(), { connection: 'railway' });
    expect(before.credentials).toMatchObject([{ kind: 'account_token', status: 'unverified', verified_at: null }]);
    expect(before.identity).toBeNull();
    const verified = await verifyConnection(it.owner(), { connection: 'railway' });
    expect(verified).toMatchObject({ identity: 'account token of Jo', same_as: [], confirmed: true });
    expect(verified.reach).toContain('environment rentals/production');
    const after = await getConnection(it.owner(), { connection: 'railway' });
    expect(after.credentials).toMatchObject([{ status: 'verified' }]);
    expect(after.identity).toBe('account token of Jo');
  });

  test('a wrong root credential is said at verify and never counts as good', async () => {
    const credential = { kind: 'account_token', value: 'fake-wrong-root-token' };
    await createConnection(it.owner(), { slug: 'wrong', provider: 'railway', base_url: railway.url, credential });
    await expect(verifyConnection(it.owner(), { connection: 'wrong' })).rejects.toMatchObject({
      code: 'credential_rejected',
    });
    const shown = await getConnection(it.owner(), { connection: 'wrong' });
    expect(shown.credentials).toMatchObject([{ status: 'rejected', verified_at: null }]);
    expect(shown.identity).toBeNull();
  });

  test.each([
    ['a user name', 'https://user@example.com'],
    ['a password', 'https://user:fake@example.com'],
    ['a query', 'https://example.com/?a=b'],
    ['a fragment', 'https://example.com/#a'],
    ['http beyond loopback', 'http://example.com'],
    ['http to a name that looks like loopback', 'http://127.evil.example'],
    ['http to one that begins like an address', 'http://127.0.0.1.nip.io'],
    ['http to one below a foreign name', 'http://localhost.evil.example'],
    ['a metadata address', 'https://169.254.169.254'],
  ])('a base URL with %s is refused', async (_what, base_url) => {
    const credential = { kind: 'account_token', value: 'fake-root-token' };
    const made = createConnection(it.owner(), { slug: 'bad-url', provider: 'railway', base_url, credential });
    await expect(made).rejects.toMatchObject({
      code: 'validation_failed',
      extras: { fields: [{ field: 'base_url' }] },
    });
  });

  test('an unknown provider or kind of credential is refused with the nearest right name, and the value is not repeated', async () => {
    const credential = { kind: 'acount_token', value: 'fake-root-token-1' };
    const wrongKind = createConnection(it.owner(), { slug: 'x', provider: 'railway', credential });
    await expect(wrongKind).rejects.toMatchObject({
      extras: { fields: [{ field: 'credential.kind', nearest: 'account_token' }] },
    });
    const wrongProvider = createConnection(it.owner(), { slug: 'x', provider: 'railwy', credential });
    await expect(wrongProvider).rejects.toMatchObject({
      extras: { fields: [{ field: 'provider', nearest: 'railway' }] },
    });
    const ugly = { kind: 'account_token', value: 'Bearer fake secret' };
    const refused = createConnection(it.owner(), { slug: 'x', provider: 'railway', credential: ugly }).catch(String);
    expect(await refused).not.toContain('fake secret');
  });

  test('import names every environment, production protected, forks as one, and a second time adds nothing', async () => {
    const { items } = await importEnvironments(it.owner(), { connection: 'railway' });
    expect(items.map(({ slug, protected: isProtected, kind: of }) => [slug, isProtected, of])).toEqual([
      ['production', true, 'protected'],
      ['staging', false, 'other'],
      ['pr', false, 'ephemeral'],
    ]);
    const again = await importEnvironments(it.owner(), { connection: 'railway' });
    expect(again.items).toEqual([]);
    expect(again.skipped).toHaveLength(3);
    const listed = await listEnvironments(it.owner(), { connection: 'railway', ...page });
    expect(listed.items.map(({ slug }) => slug)).toEqual(['shared', 'pr', 'production', 'staging']);
  });

  test('a provider environment is in at most one environment', async () => {
    const selector = { environment_ids: ['e_staging'] };
    const made = createEnvironment(it.owner(), { connection: 'railway', slug: 'again', selector });
    await expect(made).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('e_staging is in staging'),
    });
  });

  test('the id of no environment is refused with what was found and the nearest', async () => {
    const selector = { environment_ids: ['staging'] };
    const made = createEnvironment(it.owner(), { connection: 'railway', slug: 'again', selector });
    await expect(made).rejects.toMatchObject({
      extras: { fields: [{ field: 'selector.environment_ids.0', found: 'staging', nearest: 'e_staging' }] },
    });
    const reserved = createEnvironment(it.owner(), { connection: 'railway', slug: 'shared', selector });
    await expect(reserved).rejects.toMatchObject({ extras: { fields: [{ field: 'slug' }] } });
  });

  test('protection can be changed, and the change is in the log', async () => {
    const changed = await patchEnvironment(it.owner(), {
      connection: 'railway',
      environment: 'staging',
      protected: true,
    });
    expect(changed).toMatchObject({ slug: 'staging', protected: true, kind: 'protected' });
    await patchEnvironment(it.owner(), { connection: 'railway', environment: 'staging', protected: false });
    const kinds = (await it.audit()).map(({ kind: of }) => of);
    expect(kinds.filter((of) => of === 'environment.changed')).toHaveLength(2);
  });

  test('only an owner takes protection away: by saying so, by deleting, or by moving a provider environment out', async () => {
    const owner = it.owner();
    if (owner.actor.kind !== 'user') throw new Error('the owner of the tests is a user');
    const admin = { ...owner, actor: { ...owner.actor, role: 'admin' as const } };
    const named = { connection: 'railway', environment: 'production' };
    const before = await listEnvironments(owner, { connection: 'railway', ...page });
    const only = { code: 'forbidden', message: expect.stringContaining('Only an owner takes protection away from') };
    await expect(patchEnvironment(admin, { ...named, protected: false })).rejects.toMatchObject(only);
    await expect(deleteEnvironment(admin, named)).rejects.toMatchObject(only);
    const selector = { environment_ids: ['e_pr7'] };
    await expect(patchEnvironment(admin, { ...named, selector })).rejects.toMatchObject(only);
    expect(await listEnvironments(owner, { connection: 'railway', ...page })).toEqual(before);
    await expect(patchEnvironment(admin, { ...named, protected: true })).resolves.toMatchObject({ protected: true });
  });

  test('the inventory says in which environments a volume lies', async () => {
    const { items } = await listInventory(it.owner(), { connection: 'railway', kind: 'volume', ...page });
    expect(Object.fromEntries(items.map(({ id, environments }) => [id, environments]))).toEqual({
      v_prod: ['production'],
      v_stag: ['staging'],
      v_both: ['production', 'staging'],
    });
  });

  test('a kind or an environment that is not there is refused with the nearest, and answers no empty list', async () => {
    const asked = (more: object) => listInventory(it.owner(), { connection: 'railway', ...more, ...page });
    await expect(asked({ kind: 'volumes' })).rejects.toMatchObject({
      extras: { fields: [{ field: 'kind', found: 'volumes', nearest: 'volume' }] },
    });
    await expect(asked({ environment: 'stagin' })).rejects.toMatchObject({
      extras: { fields: [{ field: 'environment', found: 'stagin', nearest: 'staging' }] },
    });
    await expect(asked({ environment: 'shared' })).resolves.toBeDefined();
  });

  test('an owner raises an effect, never lowers one, and never reviews a name that is nowhere', async () => {
    const raised = await putOperation(it.owner(), {
      connection: 'railway',
      name: 'customDomainCreate',
      effect: 'execute',
      note: 'why',
    });
    expect(raised).toMatchObject({ effect: 'write', override: { effect: 'execute', note: 'why' } });
    const lowered = putOperation(it.owner(), {
      connection: 'railway',
      name: 'volumeDelete',
      effect: 'read',
      note: 'no',
    });
    await expect(lowered).rejects.toMatchObject({ extras: { fields: [{ field: 'effect', nearest: 'destroy' }] } });
    const nowhere = putOperation(it.owner(), {
      connection: 'railway',
      name: 'volumeDelet',
      effect: 'read',
      note: 'no',
    });
    await expect(nowhere).rejects.toMatchObject({ extras: { fields: [{ field: 'name', nearest: 'volumeDelete' }] } });
    const found = await listOperations(it.owner(), { connection: 'railway', q: 'volumedelete', ...page });
    expect(found.items.map(({ name }) => name)).toContain('volumeDelete');
  });

  test('another origin erases the credential; a credential is replaced by its binding', async () => {
    const credential = { kind: 'account_token', value: railway.tokens.account };
    await createConnection(it.owner(), { slug: 'twin', provider: 'railway', base_url: railway.url, credential });
    const before = await it.services.live.connections.require('twin');
    expect((await readSchema(it.owner(), { connection: 'twin' })).unknown).toContain('traces');
    const moved = await patchConnection(it.owner(), {
      connection: 'twin',
      base_url: 'https://railway.example.com/api/',
    });
    expect(moved).toMatchObject({ base_url: 'https://railway.example.com/api', credentials: [], identity: null });
    // The schema that another server told of itself is neither kept nor used to admit anything.
    const { connections } = it.services.live;
    const late = { ...it.services.live, connections: { ...connections, require: async () => before } };
    await expect(readSchema({ ...it.owner(), live: late }, { connection: 'twin' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('was changed while'),
    });
    const admitting = putOperation(it.owner(), { connection: 'twin', name: 'traces', effect: 'read', note: 'why' });
    await expect(admitting).rejects.toMatchObject({ message: expect.stringContaining('was never read') });
    const given = { kind: 'account_token', value: 'fake-root-token-2' };
    await putCredential(it.owner(), { connection: 'twin', ...given });
    const shown = await putCredential(it.owner(), { connection: 'twin', ...given, environments: ['shared'] });
    expect(shown.credentials.map(({ environments, version }) => [environments, version])).toEqual([
      [null, 2],
      [['shared'], 3],
    ]);
  });

  test('a removed connection is gone, its slug stays taken, its credentials are erased', async () => {
    await deleteConnection(it.owner(), { connection: 'twin' });
    await expect(getConnection(it.owner(), { connection: 'twin' })).rejects.toMatchObject({ code: 'not_found' });
    const credential = { kind: 'account_token', value: 'fake-root-token-3' };
    const again = createConnection(it.owner(), { slug: 'twin', provider: 'railway', credential });
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
  });

  test('whether the provider accepts a credential is written where it is news, once, and an echo is flagged', async () => {
    const { services } = it;
    const { id: connection_id } = await services.live.connections.require('railway');
    const shown = () => getConnection(it.owner(), { connection: 'railway' });
    const [first] = (await shown()).credentials;
    const written = async () =>
      (await it.audit()).map(({ kind: of }) => String(of)).filter((of) => of.startsWith('credential.'));
    const before = (await written()).length;
    const steps: unknown[] = [];
    const noting = async (credential_id: string | undefined, accepted: boolean, id = connection_id) => {
      await noteAccepted(services, { connection_id: id, credential_id })(accepted);
      steps.push([(await written()).slice(before), (await shown()).credentials[0]?.status]);
    };
    const [rejected, accepted] = ['credential.rejected', 'credential.accepted'];
    const moved = async () =>
      (await services.store.db.select().from(epochs)).find(({ subject }) => subject === connection_id)?.epoch;
    const began = Number(await moved());
    for (const good of [true, false, false, true, true]) await noting(first?.id, good);
    await noting('crd_never_verified', true);
    await noting(undefined, false);
    await noting(first?.id, false, 'con_none');
    expect(steps).toEqual([
      [[], 'verified'],
      [[rejected], 'rejected'],
      [[rejected], 'rejected'],
      ...Array(5).fill([[rejected, accepted], 'verified']),
    ]);
    expect(Number(await moved())).toBe(began + 2);
    const echo = { connection_id, request_id: 'req_echo' } as AuthorizedValue;
    await flagCredential(services, echo);
    expect((await shown()).credentials).toMatchObject([{ status: 'flagged' }]);
    expect((await it.audit()).at(-1)).toMatchObject({
      kind: 'credential.flagged',
      connection: 'railway',
      request_id: 'req_echo',
    });
    expect(Number(await moved())).toBe(began + 3);
    await expect(flagCredential(services, { ...echo, connection_id: 'con_none' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('no answer, row, log line or audit entry holds a root credential', async () => {
    const { store } = it.services;
    const rows = await store.db.select().from(credentials);
    const everything = JSON.stringify([
      rows,
      it.logged,
      await it.audit(),
      await getConnection(it.owner(), { connection: 'railway' }),
    ]);
    for (const secret of [railway.tokens.account, 'fake-root-token-2', 'fake-wrong-root-token']) {
      expect(everything).not.toContain(secret);
    }
  });
});
