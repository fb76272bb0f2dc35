import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataHeader, type DataRow, openDataFile, verifyDataFile, writeDataFile } from '@writ/core';
import { is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillEveryTable } from '../../../../test/support/every-table.ts';
import { createDatabase } from '../../../../test/support/postgres.ts';
import { filesBelow, root } from '../../../../test/support/sources.ts';
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
import { loadData, refuseEmptyDatabase } from './load.ts';
import { takeSnapshot } from './snapshot.ts';
import { DATA_TABLES, SECRETS } from './tables.ts';

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

test('docs/data-file.md has every table, in the order of a file, and says which are left out', () => {
  const text = readFileSync(join(root, 'docs', 'data-file.md'), 'utf8').split('## Tables')[1] ?? '';
  const rows = [...text.matchAll(/^\| `(\w+)` \|.*\| ([^|]*)\|$/gm)].map(([, name = '', without = '']) => [
    name,
    without.trim(),
  ]);
  expect(rows.map(([name]) => name)).toEqual(DATA_TABLES);
  for (const [name = '', without] of rows) expect(without === 'left out', name).toBe(SECRETS[name] === 'left out');
});

test('every column with a secret, or a hash of one, is declared: what an export shows of it is not forgotten', () => {
  const log = ['audit_events', 'audit_head', 'audit_tree'];
  const isSecret = (column: string): boolean => /^sealed|_hash$/.test(column);
  for (const { name, columns } of tables.filter((table) => !log.includes(table.name))) {
    const declared = SECRETS[name] ?? {};
    const missing = columns
      .map((column) => column.name)
      .filter((column) => isSecret(column) && declared !== 'left out' && !(column in declared));
    expect(missing, name).toEqual([]);
  }
  for (const { text } of filesBelow('packages/store/src/schema', ['.ts'])) {
    for (const [, column = ''] of text.matchAll(/(\w+): .*\$type<Sealed>/g))
      expect(isSecret(column), column).toBe(true);
  }
});

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
    await fillEveryTable(source.store);
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
        await expect(refuseEmptyDatabase(driver)).rejects.toMatchObject({ code: 'conflict' });
        expect(await load(driver, lines)).toEqual({ sessions: 1, links: 1, tokens: 1 });
        await refuseEmptyDatabase(driver);
        const moved = await written({ driver, db: driver.db });
        const ends = ['sessions', 'one_time_links', 'tokens', 'approvals', 'allowances', 'holds', 'hold_votes'];
        const changes = [
          ...ends,
          'token_requests',
          'epochs',
          'audit_head',
          'backup_schedule',
          'deliveries',
          'notified',
        ];
        for (const table of DATA_TABLES.filter((name) => !changes.includes(name))) {
          const now = rowsIn(moved, table);
          expect(table === 'audit_events' ? now.slice(0, -1) : now, table).toEqual(rowsIn(lines, table));
        }
        expect(rowsIn(moved, 'approvals')).toEqual([expect.stringContaining('"state":"expired"')]);
        expect(rowsIn(moved, 'allowances')).toEqual([expect.stringContaining('"ended_why":"expired"')]);
        expect(rowsIn(moved, 'token_requests')).toEqual([
          expect.stringContaining(`"ended_at":"${at(NOW).slice(0, 19)}`),
        ]);
        expect(rowsIn(moved, 'holds')).toEqual([expect.stringContaining('"waits_for_release":true')]);
        // The new place has made no backup yet, and does not wait for the old one's.
        expect(rowsIn(moved, 'backup_schedule')).toEqual([]);
        expect(rowsIn(moved, 'deliveries')).toEqual([]);
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
    await fillEveryTable(source.store);
    await record(source, 20);
    await grow(source);
    lines = await written(source.store);
    target = await emptyDriver('postgres');
  }, OPENING);
  afterAll(async () => {
    await source.dispose();
    await target.dispose();
  });

  const refused = async (
    change: (lines: string[]) => string[],
    header: Partial<DataHeader> = {},
    of: readonly string[] = lines,
  ): Promise<string> => {
    const error: unknown = await load(target.driver, change([...of]), header).catch((thrown: unknown) => thrown);
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

  test('with rows of another organization, or a log that goes on elsewhere than where its entries end', async () => {
    const signed = async (change: (row: DataRow) => DataRow): Promise<string> => {
      const { header, rows } = await openDataFile(each(lines));
      const all = (await Array.fromAsync(rows(mac))).map(change);
      return await refused((all) => all, {}, await Array.fromAsync(writeDataFile(header, all, mac)));
    };
    const of = (table: string, from: RegExp, to: string) => (row: DataRow) =>
      row.table === table ? { table, row: row.row.replace(from, to) } : row;
    const organization = /"organization_id" ?: ?"default"/;
    for (const table of ['audit_tiles', 'signing_keys', 'vault_keys'])
      expect(await signed(of(table, organization, '"organization_id":"other"'))).toContain(`(${table})`);
    expect(await signed(of('audit_head', /"seq":/, '"seq":1'))).toContain('(audit_head)');
  });
});
