/** Naming the provider's environments: what is proposed, and what a person picks of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putCredential } from '../../packages/broker/src/connections/credential.ts';
import { getConnection } from '../../packages/broker/src/connections/list.ts';
import { createEnvironment } from '../../packages/broker/src/environments/create.ts';
import { importEnvironments, listImportable } from '../../packages/broker/src/environments/import.ts';
import { listEnvironments } from '../../packages/broker/src/environments/list.ts';
import { patchEnvironment } from '../../packages/broker/src/environments/patch.ts';
import { putGuardrails } from '../../packages/broker/src/guardrails/put.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES } from '../support/store.ts';

describe.each(DATABASES)('import, on %s', (kind) => {
  let it: InProcess;

  beforeAll(async () => {
    it = await openInProcess(kind, { railway: 'connected' });
  });
  afterAll(async () => {
    await it?.close();
  });

  test('what an import would add is told first; what is picked of it is added at once, named as the person wants it, or nothing is', async () => {
    const { items, skipped } = await listImportable(it.owner(), { connection: 'railway' });
    expect(skipped).toEqual([]);
    expect(items).toEqual([
      {
        slug: 'production',
        selector: { environment_ids: ['e_production'] },
        protected: true,
        ephemeral: false,
        found: ['rentals/production'],
      },
      expect.objectContaining({ slug: 'staging', protected: false, ephemeral: false }),
      {
        slug: 'pr',
        selector: { ephemeral_of: ['p_rentals'] },
        protected: false,
        ephemeral: true,
        found: ['rentals/pr-7'],
      },
    ]);
    const live = { slug: 'live', selector: { environment_ids: ['e_production'] }, protected: true };
    const pick = (...others: (typeof live)[]) =>
      importEnvironments(it.owner(), { connection: 'railway', items: [live, ...others] });
    const staging = { environment_ids: ['e_staging'] };
    const refused: readonly (readonly [typeof live, string])[] = [
      [{ ...live, selector: staging }, 'items.1.slug'],
      [{ ...live, slug: 'shared', selector: staging }, 'items.1.slug'],
      [{ ...live, slug: 'test', selector: { environment_ids: ['staging'] } }, 'items.1.selector.environment_ids.0'],
      [{ ...live, slug: 'test', selector: { ids: ['e_staging'] } as never }, 'items.1.selector'],
    ];
    for (const [other, field] of refused)
      await expect(pick(other)).rejects.toMatchObject({ extras: { fields: [{ field }] } });
    await expect(pick({ ...live, slug: 'again' })).rejects.toMatchObject({ code: 'conflict' });
    const slugsNow = async () => (await listEnvironments(it.owner(), { connection: 'railway', limit: 100 })).items;
    expect((await slugsNow()).map(({ slug }) => slug)).toEqual(['shared']);
    const made = await pick();
    expect(made.items).toMatchObject([{ slug: 'live', protected: true }]);
    const taken = importEnvironments(it.owner(), {
      connection: 'railway',
      items: [{ slug: 'live', selector: staging }],
    });
    await expect(taken).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('live already') });
    const after = await listImportable(it.owner(), { connection: 'railway' });
    expect(after.skipped).toEqual([{ name: 'rentals/production', reason: 'is in live already' }]);
  });

  test('an environment gets another name: root credentials bound to it follow, what names it by the old one does not', async () => {
    const at = { connection: 'railway', environment: 'live' };
    const credential = { kind: 'project_token', value: 'fake-project-token', environments: ['live'] };
    await putCredential(it.owner(), { connection: 'railway', ...credential });
    await expect(patchEnvironment(it.owner(), { ...at, slug: 'shared' })).rejects.toMatchObject({
      extras: { fields: [{ field: 'slug' }] },
    });
    const rule = { environments: 'live', operations: '*', outcome: 'deny' } as const;
    await putGuardrails(it.owner(), { items: [rule] });
    const owner = it.owner();
    const admin = { ...owner, actor: { ...owner.actor, role: 'admin' as const } };
    await expect(patchEnvironment(admin, { ...at, slug: 'renamed' })).rejects.toMatchObject({ code: 'forbidden' });
    const renamed = await patchEnvironment(it.owner(), { ...at, slug: 'renamed' });
    expect(renamed).toMatchObject({ slug: 'renamed', protected: true, stands_for: ['e_production'] });
    const { credentials } = await getConnection(it.owner(), { connection: 'railway' });
    expect(credentials.map(({ environments }) => environments)).toEqual([null, ['renamed']]);
    const change = (await it.audit()).findLast(({ kind: of }) => of === 'environment.changed');
    expect(change).toMatchObject({
      data: { slug: 'renamed', before: { slug: 'live' }, loosened: [expect.any(String)] },
    });
    const selector = { environment_ids: ['e_staging'] };
    await createEnvironment(it.owner(), { connection: 'railway', slug: 'other-one', selector });
    const taken = patchEnvironment(it.owner(), { ...at, environment: 'renamed', slug: 'other-one' });
    await expect(taken).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('other-one already'),
    });
  });
});
