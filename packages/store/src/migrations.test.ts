import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@writ/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../test/support/postgres.ts';
import { DATABASES, type DatabaseKind, OPENING } from '../../../test/support/store.ts';
import type { Driver } from './database.ts';
import { openEmbedded } from './embedded-driver.ts';
import { type Migration, migrate, readMigrations } from './migrations.ts';
import { openPostgres } from './postgres-driver.ts';

const now = (): number => 1_767_000_000_000;

const home = mkdtempSync(join(tmpdir(), 'writ-migrations-'));
let embedded: Driver;
beforeAll(async () => {
  embedded = await openEmbedded(home, { now, onLost: () => undefined });
}, OPENING);
afterAll(async () => {
  await embedded.close();
  rmSync(home, { recursive: true });
});

/** Works on an empty database. The embedded one is made once and emptied: making one takes seconds. */
async function withDriver(kind: DatabaseKind, work: (driver: Driver) => Promise<void>): Promise<void> {
  if (kind === 'embedded') {
    await embedded.script((run) => run({ text: 'drop schema public cascade; create schema public' }));
    return work(embedded);
  }
  const { url, drop } = await createDatabase();
  const driver = await openPostgres(url);
  try {
    await work(driver);
  } finally {
    await driver.close();
    await drop();
  }
}

function written(name: string, text: string): Migration {
  return { name, text, hash: sha256Hex(text) };
}

test('every migration is named for what it does, and they are in order', () => {
  const names = readMigrations().map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  for (const [index, name] of names.entries()) {
    expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}_[a-z]+_[a-z_]+\\.sql$`));
  }
});

test.each(DATABASES)('an empty database gets them all, a migrated one none, %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const all = readMigrations();
    expect(await migrate(driver, { now })).toEqual(all.map(({ name }) => name));
    expect(await migrate(driver, { now })).toEqual([]);
    const more = written(
      '9999_add_a_table.sql',
      "create table added (organization_id text);\ninsert into added values ('x');",
    );
    expect(await migrate(driver, { now, migrations: [...all, more] })).toEqual([more.name]);
  });
});

test.each(DATABASES)('a database from a newer version is refused, and left as it is, %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const newer = written('9999_add_a_table.sql', 'create table added (organization_id text)');
    await migrate(driver, { now, migrations: [...readMigrations(), newer] });
    await expect(migrate(driver, { now })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/newer version of Writ \(9999_add_a_table\.sql\)\. Start that version/),
    });
  });
});

test.each(DATABASES)('a migration that was edited after it was applied is refused by name, %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const first = written('0001_create_it.sql', 'create table it (organization_id text)');
    await migrate(driver, { now, migrations: [first] });
    const edited = written(first.name, 'create table it (organization_id text, more text)');
    await expect(migrate(driver, { now, migrations: [edited] })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('0001_create_it.sql'),
    });
  });
});

test.each(DATABASES)('migrations that fail leave nothing behind, %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const good = written('0001_create_it.sql', 'create table it (organization_id text)');
    const bad = written('0002_break_it.sql', 'create table other (organization_id text); create table it (x text)');
    await expect(migrate(driver, { now, migrations: [good, bad] })).rejects.toMatchObject({ code: 'internal' });
    expect(await migrate(driver, { now, migrations: [good] })).toEqual([good.name]);
  });
});
