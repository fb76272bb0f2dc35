import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { createDatabase } from '../../../test/support/postgres.ts';
import { DATABASES, type DatabaseKind, OPENING } from '../../../test/support/store.ts';
import type { Driver } from './database.ts';
import { openEmbedded } from './embedded-driver.ts';
import { migrate, migrationOf, readMigrations } from './migrations.ts';
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
    expect(await migrate(driver, { now })).toEqual({ applied: all.map(({ name }) => name), unknown: [] });
    expect(await migrate(driver, { now })).toEqual({ applied: [], unknown: [] });
    const more = migrationOf(
      '9999_add_a_table.sql',
      "create table added (organization_id text);\ninsert into added values ('x');",
    );
    expect(await migrate(driver, { now, migrations: [...all, more] })).toEqual({ applied: [more.name], unknown: [] });
  });
});

const addition = migrationOf('9998_add_a_table.sql', 'create table added (organization_id text)');
const nextMinor = migrationOf('9999_begin_it.sql', '-- version 0.2\ncreate table begun (organization_id text)');

async function rows(driver: Driver, text: string): Promise<readonly unknown[]> {
  return (await driver.script((run) => run({ text }))).rows;
}
const BOOKS = 'select * from writ_migrations order by name';

test.each(DATABASES)('what a later release of the same minor version added is named and left, on %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const [first, ...others] = readMigrations();
    await migrate(driver, { now, migrations: [first, addition].filter((each) => each !== undefined) });
    const names = others.map(({ name }) => name);
    expect(await migrate(driver, { now })).toEqual({ applied: names, unknown: [addition.name] });
    expect(await migrate(driver, { now, version: '0.1.7' })).toEqual({ applied: [], unknown: [addition.name] });
    expect(await rows(driver, 'select 1 from added')).toEqual([]);
  });
});

test.each(DATABASES)('a database of a newer minor version is refused, and left as it is, on %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const [first, second] = readMigrations();
    const begun = [first, nextMinor].filter((each) => each !== undefined);
    await migrate(driver, { now, migrations: begun, version: '0.2.0' });
    const books = await rows(driver, BOOKS);
    const older = [first, second].filter((each) => each !== undefined);
    for (const version of ['0.1.0', '0.1.99']) {
      await expect(migrate(driver, { now, migrations: older, version })).rejects.toMatchObject({
        code: 'unavailable',
        message: `The database ${driver.place} belongs to Writ 0.2 now, which has migrated it, and this is Writ ${version}: start Writ 0.2 or a later one, or, to go back to 0.1, restore the backup that was made before the upgrade (writ restore) into an empty database.`,
      });
    }
    expect(await rows(driver, BOOKS)).toEqual(books);
  });
});

test.each(DATABASES)(
  'a newer minor version refuses what an older one has that it does not know, on %s',
  async (kind) => {
    await withDriver(kind, async (driver) => {
      await migrate(driver, { now, migrations: [addition] });
      await expect(migrate(driver, { now, migrations: [nextMinor], version: '0.2.0' })).rejects.toMatchObject({
        message: expect.stringMatching(
          /this one, 0\.2\.0, does not know of \(9998_add_a_table\.sql\): start a later release of Writ 0\.2\./,
        ),
      });
      expect(await rows(driver, BOOKS)).toHaveLength(1);
    });
  },
);

test.each(DATABASES)('a database from before versions were written down counts as 0.1, on %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const old = `create table writ_migrations (name text primary key, hash text not null, applied_at timestamptz not null);
      insert into writ_migrations values ('${addition.name}', '${addition.hash}', now())`;
    await driver.script((run) => run({ text: old }));
    expect(await migrate(driver, { now })).toMatchObject({ unknown: [addition.name] });
    expect(await rows(driver, 'select distinct version from writ_migrations')).toEqual([{ version: '0.1' }]);
  });
});

test.each(DATABASES)('a migration that was edited after it was applied is refused by name, %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const first = migrationOf('0001_create_it.sql', 'create table it (organization_id text)');
    await migrate(driver, { now, migrations: [first] });
    const edited = migrationOf(first.name, 'create table it (organization_id text, more text)');
    await expect(migrate(driver, { now, migrations: [edited] })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('0001_create_it.sql'),
    });
  });
});

test.each(DATABASES)('migrations that fail leave nothing behind, %s', async (kind) => {
  await withDriver(kind, async (driver) => {
    const good = migrationOf('0001_create_it.sql', 'create table it (organization_id text)');
    const bad = migrationOf('0002_break_it.sql', 'create table other (organization_id text); create table it (x text)');
    await expect(migrate(driver, { now, migrations: [good, bad] })).rejects.toMatchObject({ code: 'internal' });
    expect(await migrate(driver, { now, migrations: [good] })).toEqual({ applied: [good.name], unknown: [] });
  });
});

test('a migration that waits for a table gives way to the requests behind it, and comes again', async () => {
  await withDriver('postgres', async (driver) => {
    await migrate(driver, { now, migrations: [addition] });
    const altering = migrationOf('9999_add_a_column.sql', 'alter table added add column more text');
    const waiting = async () =>
      (await rows(
        driver,
        `select a.xact_start::text as began from pg_locks l join pg_stat_activity a using (pid)
        where l.relation = 'added'::regclass and not l.granted`,
      )) as { began: string }[];
    const began = new Set<string>();
    let migrated: ReturnType<typeof migrate> | undefined;
    await driver.script(async (run) => {
      await run({ text: 'select * from added' });
      migrated = migrate(driver, { now, migrations: [addition, altering], patience: 200 });
      await eventually(async () => {
        for (const each of await waiting()) began.add(each.began);
        expect(began.size).toBeGreaterThan(1);
      });
    });
    expect(await migrated).toMatchObject({ applied: [altering.name] });
  });
});
