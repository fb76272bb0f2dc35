import { createSecretKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataHeader, type DataRow, openDataFile, verifyDataFile, writeDataFile } from '@writ/core';
import { is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../../../test/support/postgres.ts';
import {
  DATABASES,
  type DatabaseKind,
  OPENING,
  openTestStore,
  type TestStore,
} from '../../../../test/support/store.ts';
import { openAuditLog } from '../audit/index.ts';
import { growTree } from '../checkpoints/index.ts';
import type { Driver } from '../database.ts';
import * as schema from '../schema/index.ts';
import { DEFAULT_ORGANIZATION, openDriver } from '../store.ts';
import { loadData } from './load.ts';
import { takeSnapshot } from './snapshot.ts';
import { DATA_TABLES } from './tables.ts';

const organization_id = DEFAULT_ORGANIZATION;
const NOW = 1_900_000_000_000;
const tables = Object.values(schema)
  .filter((value) => is(value, PgTable))
  .map((table) => getTableConfig(table));

test('every table of the schema is in a data file, after those that it refers to', () => {
  expect([...DATA_TABLES].sort()).toEqual(tables.map(({ name }) => name).sort());
  for (const { name, foreignKeys } of tables) {
    for (const key of foreignKeys) {
      const target = getTableConfig(key.reference().foreignTable).name;
      expect(DATA_TABLES.indexOf(target), `${name} refers to ${target}`).toBeLessThan(DATA_TABLES.indexOf(name));
    }
  }
});

/** Values that a careless copy changes: quotes, line breaks, numbers beyond a double, JSON's null, microseconds, bytes. */
const AWKWARD: Readonly<Record<string, string>> = {
  text: String.raw`E'it''s "x"\n\t\\ \u0001 \u2028 \u202e é 🔐'`,
  jsonb: `'{"a":null,"n":12345678901234567890.123456789,"t":"\\u2028\\"\\\\n","l":[[],{}]}'`,
  'timestamp with time zone': `'2026-02-03 04:05:06.789123+00'`,
  boolean: 'true',
  integer: '2147483647',
  bigint: '9007199254740993',
  bytea: String.raw`'\x00ff5c0a'`,
  'text[]': `array['a,b', null, '"']`,
};

/** What a new database has, and what the log fills itself. */
const THE_LOGS_OWN = ['organizations', 'audit_head', 'audit_events', 'audit_tree', 'audit_tiles'];

/** One row in every table outside of the log. Whatever is an id is called `x`, so that what refers to another row finds it. */
async function fillEveryTable({ store }: TestStore): Promise<void> {
  for (const name of DATA_TABLES.filter((table) => !THE_LOGS_OWN.includes(table))) {
    const { columns, foreignKeys, primaryKeys } = tables.find((table) => table.name === name) ?? fail(name);
    const ids = new Set([
      ...foreignKeys.flatMap((key) => key.reference().columns.map((column) => column.name)),
      ...primaryKeys.flatMap((key) => key.columns.map((column) => column.name)),
    ]);
    const values = columns.map((column) => {
      if (column.name === 'organization_id') return `'${organization_id}'`;
      if (ids.has(column.name) && column.getSQLType() === 'text') return `'x'`;
      if (name === 'vault_keys' && column.name === 'replaced_at') return 'null';
      if (column.name.endsWith('_seq')) return '0';
      if (['expires_at'].includes(column.name)) return `'2099-01-01'`;
      if (['revoked_at', 'used_at'].includes(column.name)) return 'null';
      return AWKWARD[column.getSQLType()] ?? fail(column.getSQLType());
    });
    const names = columns.map((column) => `"${column.name}"`);
    await store.db.execute(sql.raw(`insert into ${name} (${names.join(', ')}) values (${values.join(', ')})`));
  }
  await store.db.execute(sql.raw(`insert into vault_keys values ('${organization_id}', 'old', now(), now())`));
}

function fail(what: string): never {
  throw new Error(`no value for ${what}`);
}

async function record({ store }: TestStore, count: number): Promise<void> {
  const log = openAuditLog(store, { organization_id });
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      log.append({ kind: 'data.test', data: { n, text: 'é"\\\u2028'.repeat(20) } }),
    ),
  );
}

async function grow({ store }: TestStore): Promise<void> {
  while ((await store.transaction((tx) => growTree(tx, { organization_id, batch: 500 })))?.more);
}

/** A database without any table. */
async function emptyDriver(kind: DatabaseKind): Promise<{ driver: Driver; dispose: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'writ-data-'));
  const database = kind === 'postgres' ? await createDatabase() : undefined;
  const place = database === undefined ? { dataDir: join(home, 'data') } : { url: database.url };
  const driver = await openDriver({ ...place, now: () => NOW });
  const dispose = async (): Promise<void> => {
    await driver.close();
    await database?.drop();
    await rm(home, { recursive: true, force: true });
  };
  return { driver, dispose };
}

const mac = createSecretKey(Buffer.alloc(32, 7));

async function written(opened: Pick<TestStore['store'], 'driver' | 'db'>): Promise<string[]> {
  const { rows, ...header } = await takeSnapshot(opened, { organization_id });
  return await Array.fromAsync(
    writeDataFile({ kind: 'backup', version: '0', made_at: at(NOW), ...header }, rows(), mac),
  );
}

const at = (ms: number): string => new Date(ms).toISOString();

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function load(driver: Driver, lines: readonly string[], change: Partial<DataHeader> = {}) {
  const file = await openDataFile(each(lines));
  const header = { ...file.header, ...change };
  const event = () => ({ kind: 'data.loaded' });
  return await loadData(driver, { organization_id, header, rows: file.rows(mac), kek_id: 'x', now: NOW, event });
}

const isOf = (table: string) => (line: string) => line.startsWith(`{"table":"${table}"`);
const rowsIn = (lines: readonly string[], table: string): DataRow['row'][] => lines.filter(isOf(table));

describe.each(DATABASES)('a database on %s', (from) => {
  let source: TestStore;
  let lines: string[];
  beforeAll(async () => {
    source = await openTestStore(from);
    await fillEveryTable(source);
    await record(source, 700);
    await grow(source);
    await record(source, 3);
    lines = await written(source.store);
  }, OPENING);
  afterAll(() => source.dispose());

  test('is read whole: every table has its rows, the log every entry up to its head', async () => {
    for (const table of DATA_TABLES) expect(rowsIn(lines, table).length, table).toBeGreaterThan(0);
    const { header, rows } = await openDataFile(each(lines));
    await verifyDataFile({ header, rows }, mac);
    expect(rowsIn(lines, 'audit_events')).toHaveLength(header.log.seq);
  });

  test.each(DATABASES)(
    'is the same when it was moved to %s, but for what ends with a move',
    { timeout: OPENING },
    async (to) => {
      const { driver, dispose } = await emptyDriver(to);
      try {
        expect(await load(driver, lines)).toEqual({ sessions: 1, links: 1, tokens: 1 });
        const moved = await written({ driver, db: driver.db });
        const changes = ['sessions', 'one_time_links', 'tokens', 'epochs', 'audit_head'];
        for (const table of DATA_TABLES.filter((name) => !changes.includes(name))) {
          const now = rowsIn(moved, table);
          expect(table === 'audit_events' ? now.slice(0, -1) : now, table).toEqual(rowsIn(lines, table));
        }
        expect(rowsIn(moved, 'audit_events').at(-1)).toContain(String.raw`\"kind\":\"data.loaded\"`);
        await verifyDataFile(await openDataFile(each(moved)), mac);
        await expect(load(driver, lines)).rejects.toMatchObject({
          code: 'conflict',
          message: expect.stringContaining('in use already'),
        });
      } finally {
        await dispose();
      }
    },
  );

  test('entries and tiles that came after the snapshot are not in it', async () => {
    const snapshot = await takeSnapshot(source.store, { organization_id });
    await record(source, 400);
    await grow(source);
    const { rows, ...header } = snapshot;
    const later = await Array.fromAsync(
      writeDataFile({ kind: 'backup', version: '0', made_at: at(NOW), ...header }, rows(), mac),
    );
    await verifyDataFile(await openDataFile(each(later)), mac);
    expect(rowsIn(later, 'audit_tiles')).toEqual(rowsIn(lines, 'audit_tiles'));
    expect(rowsIn(later, 'audit_events')).toEqual(rowsIn(lines, 'audit_events'));
  });

  test('a log that loses entries while it is read is never taken for a whole one', async () => {
    const { rows } = await takeSnapshot(source.store, { organization_id });
    await source.store.db.execute(sql`delete from audit_events where seq between 300 and 305`);
    await expect(Array.fromAsync(rows())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('after entry 299'),
    });
  });
});

describe('a file that is not as it was written leaves nothing behind', () => {
  let source: TestStore;
  let lines: string[];
  let target: Awaited<ReturnType<typeof emptyDriver>>;
  beforeAll(async () => {
    source = await openTestStore('postgres');
    await fillEveryTable(source);
    await record(source, 20);
    lines = await written(source.store);
    target = await emptyDriver('postgres');
  }, OPENING);
  afterAll(async () => {
    await source.dispose();
    await target.dispose();
  });

  const refused = async (change: (lines: string[]) => string[], header: Partial<DataHeader> = {}): Promise<string> => {
    const error: unknown = await load(target.driver, change([...lines]), header).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'validation_failed' });
    const { rows } = await target.driver.script((run) =>
      run({ text: `select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace` }),
    );
    expect(rows[0]?.['n']).toBe(0);
    return error instanceof Error ? error.message : '';
  };

  test('cut off, changed, with a row less or more, with rows of no table or out of order, of a newer version', async () => {
    expect(await refused((all) => all.slice(0, -1))).toMatch(/cut off after \d+ rows/);
    expect(await refused((all) => all.map((line) => line.replace('data.test', 'data.tent')))).toMatch(
      /a byte was changed/,
    );
    expect(await refused((all) => all.toSpliced(40, 1))).toMatch(/a byte was changed|does not fit/);
    expect(await refused((all) => [...all, all[3] ?? ''])).toMatch(/follows the end/);
    expect(await refused((all) => all.toSpliced(2, 0, '{"table":"pg_authid","row":{}}'))).toMatch(/"pg_authid"/);
    expect(await refused((all) => all.toSpliced(-1, 0, all[1] ?? ''))).toMatch(/"organizations" after/);
    expect(await refused((all) => all.toSpliced(-1, 0, 'x'))).toMatch(/neither a row nor its end/);
    expect(await refused((all) => all, { migrations: ['0001_of_another_writ.sql'] })).toMatch(/0001_of_another_writ/);
  });
});
