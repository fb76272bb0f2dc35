/** A change of names never loosens: what guards a provider environment guards it under its next name too, or an owner says otherwise. */
import type { Ctx, UserActor } from '@writ/broker';
import type { Guardrail } from '@writ/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { deleteConnection } from '../../packages/broker/src/connections/delete.ts';
import { createEnvironment } from '../../packages/broker/src/environments/create.ts';
import { deleteEnvironment } from '../../packages/broker/src/environments/delete.ts';
import { importEnvironments } from '../../packages/broker/src/environments/import.ts';
import { listEnvironments } from '../../packages/broker/src/environments/list.ts';
import { patchEnvironment } from '../../packages/broker/src/environments/patch.ts';
import { getGuardrails } from '../../packages/broker/src/guardrails/get.ts';
import { putGuardrails } from '../../packages/broker/src/guardrails/put.ts';
import { putOperation } from '../../packages/broker/src/operations/put.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import { DATABASES } from '../support/store.ts';

const loosens = (message: RegExp) => ({ code: 'forbidden', message: expect.stringMatching(message) });

describe.each(DATABASES)('names, on %s', (kind) => {
  let it: InProcess;
  let railway: RailwayUpstream;
  /** Every test has a connection of its own, to the same provider environments: `c1`, `c2` ... */
  let connection: string;
  let count = 0;

  beforeAll(async () => {
    it = await openInProcess(kind, { railway: 'verified' });
    ({ railway } = it);
    const world = await railway.state();
    const [like] = world.environments.filter(({ id }) => id === 'e_staging');
    const more = ['e_extra_1', 'e_extra_2'].map((id) => ({ ...like, id, name: id }));
    await railway.setState({ ...world, environments: [...world.environments, ...more] });
  });
  afterAll(async () => {
    await it?.close();
  });

  const as = (role: UserActor['role']): Ctx<UserActor> => it.as({ ...it.owner().actor, role });
  const add = (
    role: UserActor['role'],
    slug: string,
    more: object = { selector: { environment_ids: ['e_staging'] } },
  ) =>
    createEnvironment(as(role), { connection, slug, protected: false, ...more } as Parameters<
      typeof createEnvironment
    >[1]);
  const remove = (role: UserActor['role'], environment: string) =>
    deleteEnvironment(as(role), { connection, environment });
  const addConnection = async (): Promise<string> => {
    count += 1;
    const credential = { kind: 'account_token', value: railway.tokens.account };
    const slug = `c${count}`;
    await createConnection(it.owner(), { slug, provider: 'railway', base_url: railway.url, credential });
    return slug;
  };
  const rule = (more: Partial<Guardrail>): Guardrail => ({
    connection,
    environments: 'staging',
    operations: 'volume*',
    outcome: 'deny',
    ...more,
  });
  const put = (role: UserActor['role'], items: Guardrail[]) => putGuardrails(as(role), { items });

  /** What other tests left of the same provider environments must not count: their connections are forgotten, by hand. */
  beforeEach(async () => {
    await put('owner', []);
    connection = await addConnection();
    const { db } = it.services.store;
    for (const table of ['environment_members', 'environments', 'released_members'])
      await db.execute(`delete from ${table}`);
  });

  test('deleted and added under another slug, it is compared with what guarded it before', async () => {
    await add('owner', 'staging');
    await put('admin', [rule({})]);
    await remove('admin', 'staging');
    const refused =
      /^Only an owner makes guards milder\. e_staging is guarded as staging of c\d+, where volume\w+ \(\w+\) is denied; in stage it is allowed\.$/;
    await expect(add('admin', 'stage')).rejects.toMatchObject(loosens(refused));
    await expect(importEnvironments(as('admin'), { connection })).resolves.toBeDefined();
    const { items } = await listEnvironments(as('admin'), { connection, limit: 100 });
    expect(items.map(({ slug }) => slug)).toContain('staging');
  });

  test('what is refused leaves nothing behind, and an owner does it, on record', async () => {
    await add('owner', 'staging');
    await put('admin', [rule({})]);
    await remove('admin', 'staging');
    await expect(add('admin', 'stage')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(add('admin', 'stage')).rejects.toMatchObject({ code: 'forbidden' });
    await add('owner', 'stage');
    const created = (await it.audit()).filter((event) => event['kind'] === 'environment.created').at(-1);
    expect(created).toMatchObject({ data: { loosened: [expect.stringMatching(/^e_staging is guarded as staging/)] } });
    // From then on this is what guards it.
    await remove('admin', 'stage');
    await add('admin', 'stage');
  });

  test('the memory outlives the rule: what guards a name that stands for nothing now is not taken away by an admin either', async () => {
    await add('owner', 'staging');
    await put('admin', [rule({})]);
    await remove('admin', 'staging');
    await expect(put('admin', [])).rejects.toMatchObject(loosens(/^Only an owner loosens guardrails\. volume/));
    const others: Guardrail = { environments: 'protected', operations: 'project', outcome: 'approve' };
    const kept = (await getGuardrails(as('admin'))).items;
    await expect(put('admin', [...kept, others])).resolves.toMatchObject({ items: { length: 2 } });
    await put('owner', []);
    await add('admin', 'stage');
  });

  test('moved from one environment to another, in two steps, it is still compared', async () => {
    await add('owner', 'staging', { selector: { environment_ids: ['e_staging', 'e_extra_1'] } });
    await add('owner', 'tests', { selector: { environment_ids: ['e_extra_2'] } });
    await put('admin', [rule({})]);
    const patch = (environment: string, ids: string[]) =>
      patchEnvironment(as('admin'), { connection, environment, selector: { environment_ids: ids } });
    await patch('staging', ['e_extra_1']);
    await expect(patch('tests', ['e_extra_2', 'e_staging'])).rejects.toMatchObject(
      loosens(/e_staging is guarded as staging/),
    );
    await patch('staging', ['e_extra_1', 'e_staging']);
  });

  test('under a name that an owner made mild, nothing new comes by an admin', async () => {
    await add('owner', 'scratch', { selector: { environment_ids: ['e_extra_1'] } });
    await put('owner', [rule({ environments: 'scratch', operations: 'volumeDelete', outcome: 'allow' })]);
    const selector = { environment_ids: ['e_extra_1', 'e_staging'] };
    const refused =
      /e_staging is guarded as any other environment is, where volumeDelete \(destroy\) waits 5 minutes; in scratch it is allowed/;
    await expect(patchEnvironment(as('admin'), { connection, environment: 'scratch', selector })).rejects.toMatchObject(
      loosens(refused),
    );
    await remove('admin', 'scratch');
    await expect(add('admin', 'scratch')).rejects.toMatchObject(loosens(refused));
    await add('admin', 'scratch', { selector: { environment_ids: ['e_extra_1'] } });
  });

  test('protection that is put on, or taken off, takes no rule of its kind with it', async () => {
    await add('owner', 'staging');
    await put('admin', [{ environments: 'other', operations: 'volumeCreate', outcome: 'deny' }]);
    const protect = (role: UserActor['role'], isProtected: boolean) =>
      patchEnvironment(as(role), { connection, environment: 'staging', protected: isProtected });
    await expect(protect('admin', true)).rejects.toMatchObject(loosens(/volumeCreate \(write\) is denied; .* allowed/));
    await protect('owner', true);
    await expect(protect('admin', false)).rejects.toMatchObject({ code: 'forbidden' });
    await put('owner', []);
    await protect('owner', false);
    await protect('admin', true);
  });

  test('an ephemeral one that is named by its id, or no longer is, is compared with what holds for its like', async () => {
    const fork = { selector: { environment_ids: ['e_pr7'] } };
    await add('owner', 'pr', { selector: { ephemeral_of: ['p_rentals'] } });
    await add('admin', 'fork', fork);
    // Named by itself it counts as any other; without its name it is one of the ephemeral ones again, which are milder.
    await expect(remove('admin', 'fork')).rejects.toMatchObject(
      loosens(/e_pr7 is guarded as fork .*; in pr it is allowed/),
    );
    await remove('owner', 'fork');
    await put('admin', [rule({ environments: 'pr' })]);
    await expect(add('admin', 'fork', fork)).rejects.toMatchObject(loosens(/e_pr7 is guarded as pr/));
    await remove('admin', 'pr');
    await expect(add('admin', 'fork', fork)).rejects.toMatchObject(loosens(/e_pr7 is guarded as pr/));
    await expect(add('admin', 'previews', { selector: { ephemeral_of: ['p_rentals'] } })).rejects.toMatchObject(
      loosens(/(e_pr7|ephemeral environment of p_rentals) is guarded as pr/),
    );
    await add('admin', 'pr', { selector: { ephemeral_of: ['p_rentals'] } });
  });

  test('ephemeral ones do not come under milder names because the one that was listed by its id was deleted first', async () => {
    await add('owner', 'fork', { selector: { environment_ids: ['e_pr7'] } });
    await put('admin', [rule({ environments: 'fork' })]);
    await remove('admin', 'fork');
    await expect(add('admin', 'pr', { selector: { ephemeral_of: ['p_rentals'] } })).rejects.toMatchObject(
      loosens(/e_pr7 is guarded as fork/),
    );
  });

  test('nor because the name for ephemeral ones was added, here or by another broker, while it was being deleted', async () => {
    await add('owner', 'fork', { selector: { environment_ids: ['e_pr7'] } });
    const { connections } = it.services.live;
    const before = await connections.require(connection);
    await add('admin', 'pr', { selector: { ephemeral_of: ['p_rentals'] } });
    await put('admin', [rule({ environments: 'fork' })]);
    const late = { ...it.services.live, connections: { ...connections, require: async () => before } };
    const deleting = (role: UserActor['role']) =>
      deleteEnvironment({ ...as(role), live: late }, { connection, environment: 'fork' });
    await expect(deleting('admin')).rejects.toMatchObject({ code: 'conflict' });
    await expect(remove('admin', 'fork')).rejects.toMatchObject(loosens(/e_pr7 is guarded as fork/));
  });

  test('another connection to the same provider is no way round, whether the first one is there or deleted', async () => {
    const first = connection;
    await add('owner', 'staging');
    await put('admin', [rule({})]);
    const second = await addConnection();
    connection = second;
    await expect(add('admin', 'staging')).rejects.toMatchObject(loosens(new RegExp(`as staging of ${first}`)));
    await deleteConnection(as('admin'), { connection: first });
    await expect(add('admin', 'staging')).rejects.toMatchObject(loosens(new RegExp(`as staging of ${first}`)));
    await expect(put('admin', [])).rejects.toMatchObject(loosens(/staging of c/));
    await put('admin', [
      ...(await getGuardrails(as('admin'))).items,
      rule({ connection: second, environments: 'other' }),
    ]);
    await add('admin', 'staging');
  });

  test('nor does an effect that an owner raised stay behind with the connection', async () => {
    await add('owner', 'staging');
    await putOperation(it.owner(), { connection, name: 'volumeCreate', effect: 'escalate', note: 'why' });
    connection = await addConnection();
    await expect(add('admin', 'staging')).rejects.toMatchObject(
      loosens(/volumeCreate \(\w+\) needs approval; .* allowed/),
    );
  });

  describe('however much there is, nothing is left out:', () => {
    const fill = (sql: string) => it.services.store.db.execute(sql.replaceAll('$connection', `'${connection}'`));

    test('connections that were made and deleted before', async () => {
      await add('owner', 'staging');
      await put('admin', [rule({})]);
      await fill(`insert into connections
        (organization_id, id, slug, provider, base_url, origin, settings, config_version, created_by, created_at, deleted_at)
        select organization_id, 'con_a' || i, 'a' || i, provider, base_url, origin, settings, 1, created_by, created_at, now()
        from connections, generate_series(1, 2001) i where slug = $connection`);
      await expect(put('admin', [])).rejects.toMatchObject(loosens(/^Only an owner loosens guardrails/));
      await fill(`delete from connections where slug like 'a%'`);
    });

    test('names that were given up before', async () => {
      await add('owner', 'staging');
      await put('admin', [rule({})]);
      await remove('admin', 'staging');
      await fill(`insert into released_members (organization_id, connection_id, member, slug, protected, released_at)
        select organization_id, id, 'environment_ids:e_' || i, 'a' || i, false, now()
        from connections, generate_series(1, 1001) i where slug = $connection`);
      await expect(put('admin', [])).rejects.toMatchObject(loosens(/^Only an owner loosens guardrails/));
    });

    test('environments, of which a connection has no more than all that are compared', async () => {
      await fill(`insert into environments
        (organization_id, id, connection_id, slug, selector, protected, created_by, created_at)
        select organization_id, 'env_a' || i, id, 'a' || i, '{"environment_ids":["x"]}', false, created_by, created_at
        from connections, generate_series(1, 1000) i where slug = $connection`);
      await expect(add('owner', 'staging')).rejects.toMatchObject({ code: 'conflict' });
    });
  });
});
