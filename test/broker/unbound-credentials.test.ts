/** A root credential never outlives the environments that it is bound to, and no environment gets that of an earlier one of its name. */
import { isJsonObject } from '@writ/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { putCredential } from '../../packages/broker/src/connections/credential.ts';
import { getConnection } from '../../packages/broker/src/connections/list.ts';
import { createEnvironment } from '../../packages/broker/src/environments/create.ts';
import { deleteEnvironment } from '../../packages/broker/src/environments/delete.ts';
import { importEnvironments } from '../../packages/broker/src/environments/import.ts';
import { patchEnvironment } from '../../packages/broker/src/environments/patch.ts';
import { runSql } from '../support/approvals.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

describe.each(DATABASES)('root credentials of environments, on %s', (kind) => {
  let it: InProcess;
  let connection = '';
  let count = 0;

  beforeAll(async () => {
    it = await openInProcess(kind, { railway: 'verified' });
  }, OPENING);
  afterAll(() => it?.close());

  beforeEach(async () => {
    count += 1;
    connection = `c${count}`;
    const credential = { kind: 'account_token', value: it.railway.tokens.account };
    await createConnection(it.owner(), { slug: connection, provider: 'railway', base_url: it.railway.url, credential });
  });

  const selectors = { one: 'e_staging', two: 'e_production' };
  const add = (slug: 'one' | 'two', as: string = slug) =>
    createEnvironment(it.owner(), { connection, slug: as, selector: { environment_ids: [selectors[slug]] } });
  const bind = (...environments: string[]) =>
    putCredential(it.owner(), {
      connection,
      kind: 'project_token',
      value: `fake-project-${environments}`,
      environments,
    });
  const remove = (environment: string) => deleteEnvironment(it.owner(), { connection, environment });
  const bound = async () =>
    (await getConnection(it.owner(), { connection })).credentials.map(({ environments }) => environments ?? null);
  /** Throws where something is still sealed of one that is out of use. */
  const noneSealed = () =>
    runSql(
      it.services.store,
      'select 1 / (case when count(*) = 0 then 1 else 0 end) from credentials where replaced_at is not null and sealed is not null',
    );
  const told = async () => {
    const data = (await it.audit()).filter(({ kind }) => kind === 'environment.deleted').at(-1)?.data;
    return isJsonObject(data) ? [data['credentials_unbound'], data['credentials_erased']] : [];
  };
  /** As it was left by versions that did not take the name of a removed environment from credentials. */
  const leaveBehind = (name: string) =>
    runSql(
      it.services.store,
      `update credentials set environments = '["${name}"]' where replaced_at is null and environments is not null
       and connection_id = (select id from connections where slug = '${connection}')`,
    );

  test('one that is bound to a removed environment alone is erased, and is not used for the next one of its name', async () => {
    await add('one');
    await bind('one');
    await remove('one');
    expect(await told()).toEqual([1, 1]);
    expect(await bound()).toEqual([null]);
    await add('two', 'one');
    expect(await bound()).toEqual([null]);
    await noneSealed();
  });

  test('one that is bound to others too stays for those, and can be replaced', async () => {
    await add('one');
    await add('two');
    await bind('one', 'two');
    await remove('one');
    expect(await told()).toEqual([1, 0]);
    expect(await bound()).toEqual([null, ['two']]);
    await bind('two');
    expect(await bound()).toEqual([null, ['two']]);
  });

  test('where another is bound to just the rest, that one stays, although it is older', async () => {
    await add('one');
    await add('two');
    await bind('two');
    const { credentials } = await getConnection(it.owner(), { connection });
    await bind('one', 'two');
    await remove('one');
    expect(await told()).toEqual([1, 1]);
    expect((await getConnection(it.owner(), { connection })).credentials).toEqual(credentials);
  });

  test('what was left behind under a name is erased before an environment is added, imported or renamed to it', async () => {
    await add('one');
    await bind('one');
    await leaveBehind('two');
    await add('two');
    expect(await bound()).toEqual([null]);

    await bind('one');
    await leaveBehind('three');
    await patchEnvironment(it.owner(), { connection, environment: 'one', slug: 'three' });
    expect(await bound()).toEqual([null]);

    await bind('three');
    await patchEnvironment(it.owner(), { connection, environment: 'three', slug: 'three' });
    expect(await bound()).toEqual([null, ['three']]);

    await remove('two');
    await leaveBehind('four');
    const items = [{ slug: 'four', selector: { environment_ids: ['e_production'] } }];
    await importEnvironments(it.owner(), { connection, items });
    expect(await bound()).toEqual([null]);
  });
});
