/** The database that `npm run seed` fills: one as brokers make it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportAuditEvents, listGrants, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { expect, test } from 'vitest';
import { verifyChain } from '../../packages/core/src/audit/chain.ts';
import { seed } from '../bench/seed/seed.ts';
import { localConfig } from '../support/local-config.ts';
import { makePlace, OPENING } from '../support/store.ts';

test(
  'a seeded database holds what was wanted and a log that is whole; one with anything in it is left as it is',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'writ-test-'));
    const { options, remove } = await makePlace('postgres');
    const config = { ...localConfig(home), ...(options.url !== undefined && { databaseUrl: options.url }) };
    try {
      const { people } = await seed(config, { clients: 7, grants: 12, events: 90 });
      expect(people.map(({ role }) => role)).toEqual(['owner', 'admin', 'approver', 'auditor']);
      await expect(seed(config, { clients: 1, grants: 1, events: 1 })).rejects.toThrow('only a new one is filled');
      const store = await openStore({ ...options, now: Date.now });
      const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
      expect(await verifyChain(entries)).toMatchObject({ whole: true, entries: entries.length });
      expect(entries.filter((entry) => /"kind":"(?:request|token)\./.test(entry))).toHaveLength(90);
      expect((await listGrants(store.db, { organization_id, limit: 100 })).items).toHaveLength(12);
      await store.close();
    } finally {
      await remove();
      await rm(home, { recursive: true, force: true });
    }
  },
  OPENING,
);
