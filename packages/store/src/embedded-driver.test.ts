import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace, OPENING, type Place } from '../../../test/support/store.ts';
import type { Driver } from './database.ts';
import { openEmbedded } from './embedded-driver.ts';
import { guardedTransaction } from './guard.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'writ-folder-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const open = (folder: string) => openEmbedded(folder, { now: Date.now, onLost: () => undefined });

describe('a data folder is refused with a sentence, and nothing is put into it, when', () => {
  test.each([0o755, 0o750, 0o701, 0o770])('its mode is %o', async (mode) => {
    const folder = join(home, mode.toString(8));
    await mkdir(folder);
    await chmod(folder, mode);
    await expect(open(folder)).rejects.toThrow(
      `The data folder ${folder} is open to others (mode ${mode.toString(8)}); run: chmod 700 ${folder}`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('it is no folder', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(open(join(home, 'file'))).rejects.toThrow('is not a folder; set WRIT_DATA_DIR to one.');
  });

  test('it cannot be made', async () => {
    await expect(open('/proc/none/data')).rejects.toThrow('The data folder /proc/none/data cannot be made');
  });

  test('the database in it is a link to another place, which its lock does not guard', async () => {
    const folder = join(home, 'linked');
    await mkdir(folder, { mode: 0o700 });
    await mkdir(join(home, 'other'));
    await symlink(join(home, 'other'), join(folder, 'postgres'));
    await expect(open(folder)).rejects.toThrow(/linked\/postgres is a link/);
  });
});

describe('an embedded database', () => {
  let place: Place;
  let driver: Driver;
  beforeAll(async () => {
    place = await makePlace('embedded');
    driver = await open(place.options.dataDir ?? '');
  }, OPENING);
  afterAll(async () => {
    await driver.close();
    await place.remove();
  });

  const script = (text: string) => driver.script((run) => run({ text }));

  test('takes and gives back the same values when a statement is prepared and when it is used again', async () => {
    const asked = sql`select ${true}::boolean yes, ${7}::int n, ${'2026-11-28T01:02:03.004Z'}::timestamptz at, ${null}::text nothing,
      ${sql.param(new Uint8Array([0, 15, 255]))}::bytea bytes, ${sql.param(['a"b', 'c,d', null])}::text[] words,
      ${JSON.stringify({ a: ['1'] })}::jsonb json, ${2 ** 40}::bigint many, ${'µ'}::text letter`;
    const [first] = rowsOf(await driver.db.execute(asked));
    expect(first).toEqual({
      yes: true,
      n: 7,
      at: '2026-11-28 01:02:03.004+00',
      nothing: null,
      bytes: new Uint8Array([0, 15, 255]),
      words: ['a"b', 'c,d', null],
      json: { a: ['1'] },
      many: 2 ** 40,
      letter: 'µ',
    });
    expect(rowsOf(await driver.db.execute(asked))).toEqual([first]);
    expect(await guardedTransaction(driver, async (tx) => rowsOf(await tx.execute(asked)))).toEqual([first]);
  });

  test('runs a statement again that failed, because of what it was given or because its table has changed', async () => {
    await script('create table changing (id int primary key)');
    const put = (id: number) => driver.db.execute(sql`insert into changing values (${id})`);
    await put(1);
    await expect(put(1)).rejects.toThrow(expect.objectContaining({ code: 'conflict' }));
    await put(2);
    const all = () => driver.db.execute(sql`select * from changing`).then(rowsOf);
    expect(await all()).toEqual([{ id: 1 }, { id: 2 }]);
    await script(`alter table changing add column name text default 'new'`);
    await all().catch(() => undefined);
    expect(await all()).toEqual([
      { id: 1, name: 'new' },
      { id: 2, name: 'new' },
    ]);
  });

  test('keeps a bounded number of statements prepared', async () => {
    for (let i = 0; i < 600; i += 1) await driver.db.execute(sql.raw(`select ${i}`));
    const kept = rowsOf(await driver.db.execute(sql`select count(*) from pg_prepared_statements`));
    expect(Number(kept[0]?.['count'])).toBeLessThanOrEqual(501);
    expect(rowsOf(await driver.db.execute(sql.raw('select 0 as first')))).toEqual([{ first: 0 }]);
  });

  test('uses the files of its write-ahead log again, however much is written', async () => {
    for (let segment = 0; segment < 12; segment += 1) {
      await script(`create table segment_${segment} (); select pg_switch_wal()`);
    }
    const files = await readdir(join(place.options.dataDir ?? '', 'postgres/pg_wal'));
    expect(files.filter((name) => /^[0-9A-F]{24}$/.test(name)).length).toBeLessThan(10);
  });
});

function rowsOf(result: unknown): readonly Record<string, unknown>[] {
  return (result as { rows: Record<string, unknown>[] }).rows;
}
