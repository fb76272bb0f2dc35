/** A broker whose database a later release has migrated while it runs (docs/upgrade.md). */
import { randomBytes } from 'node:crypto';
import { replaceKey } from '@writ/broker';
import { auditHead, currentVaultKey, type Store } from '@writ/store';
import { LocalKey } from '@writ/vault';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backUp } from '../../packages/broker/src/data/backup.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { type InProcess, openInProcess } from '../support/in-process.ts';
import { DATABASES, OPENING } from '../support/store.ts';

async function migrated({ driver }: Store, name: string, version: string): Promise<void> {
  const text = 'insert into writ_migrations (name, hash, applied_at, version) values ($1, $2, now(), $3)';
  await driver.script((run) => run({ text, params: [name, 'x', version] }));
}

describe.each(DATABASES)('on %s', (database) => {
  let it: InProcess;
  beforeEach(async () => {
    it = await openInProcess(database);
  }, OPENING);
  afterEach(() => it.close());

  const replace = () => {
    const to = new LocalKey(randomBytes(32), { randomBytes });
    return replaceKey(it.as({ kind: 'system' }), { from: it.key, to });
  };
  const freeze = () => createFreeze(it.owner(), { all: true, reason: 'test' });
  const head = () => auditHead(it.services.store.db, it.services);

  test('of its own minor version: it goes on, but takes no new key and makes no backup, which would leave out what was added', async () => {
    await migrated(it.services.store, '9001_add_notes.sql', '0.1');
    const before = await head();
    const leavesOut = {
      code: 'conflict',
      message: expect.stringMatching(
        /does not know and would leave out \(9001_add_notes\.sql\)\. Do this with that release\./,
      ),
    };
    await expect(replace()).rejects.toMatchObject(leavesOut);
    expect((await currentVaultKey(it.services.store.db, it.services))?.kek_id).toBe(it.key.kekId);
    expect(await head()).toEqual(before);
    await expect(backUp(it.owner())).rejects.toMatchObject(leavesOut);
    await freeze();
    expect(await head()).not.toEqual(before);
  });

  test('of a newer minor version: it changes nothing more', async () => {
    await migrated(it.services.store, '9002_begin.sql', '0.2');
    const before = await head();
    await expect(freeze()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The database belongs to a newer version of Writ now. Nothing was changed.',
    });
    expect(await head()).toEqual(before);
  });
});
