/** A broker that is killed in the middle of a migration leaves the schema that was, never a half of the next. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '@writ/store';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnServer } from '../support/broker-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { createDatabase } from '../support/postgres.ts';
import { makeRelease, type Release } from '../support/release.ts';
import { DATABASES } from '../support/store.ts';
import { throwawayFolder } from '../support/throwaway.ts';

const NAME = '9003_add_half.sql';
const HALF = `create table half (organization_id text not null, n integer not null);
insert into half select 'default', generate_series(1, 50000);
alter table clients add column half text;
`;
/** What was written so far is on the disk, and said to be; then it takes as long as it is let. */
const MARKER = 'half-way';
const THEN_WAITS = {
  embedded: `checkpoint; copy (select 1) to '/pglite/data/${MARKER}'; select pg_sleep(600);\n`,
  postgres: 'checkpoint; select pg_sleep(600);\n',
};

let whole: Release;
beforeAll(async () => {
  whole = await makeRelease('0.1.1', { [NAME]: HALF });
});
afterAll(() => whole.remove());

test.each(DATABASES)('killed on an empty database and on one in use, on %s', { timeout: 180_000 }, async (kind) => {
  const home = await mkdtemp(join(throwawayFolder(), 'writ-killed-'));
  const database = kind === 'postgres' ? await createDatabase() : undefined;
  const waiting = await makeRelease('0.1.1', { [NAME]: `${HALF}${THEN_WAITS[kind]}` });
  const dataDir = join(home, 'data');
  const place = database === undefined ? { dataDir } : { url: database.url };
  const env = {
    WRIT_DATA_DIR: dataDir,
    WRIT_KEY_FILE: join(home, 'config', 'key'),
    WRIT_PORT: String(await freePort()),
    HOME: home,
    ...(database && { DATABASE_URL: database.url }),
  };

  const listens = async (program?: string): Promise<void> => {
    const server = spawnServer({ env, program });
    await eventually(async () => {
      if (server.stderr().includes('writ: ')) throw new Error(server.stderr());
      expect(server.stdout()).toContain('Writ listens on');
    });
    await server.kill('SIGKILL');
  };
  const killedHalfWay = async (): Promise<void> => {
    const marker = join(dataDir, 'postgres', MARKER);
    await rm(marker, { force: true });
    const server = spawnServer({ env, program: waiting.program });
    await eventually(async () => expect(await isHalfWay(database?.url, marker)).toBe(true));
    expect(await server.kill('SIGKILL')).toBe('SIGKILL');
  };
  /** What this release finds that it did not make, and how much of the half. */
  const found = async () => {
    const store = await openStore({ ...place, now: Date.now });
    const ask = (text: string) => store.driver.script((run) => run({ text }));
    const columns = await ask(
      `select 1 from information_schema.columns where column_name = 'half' and table_name = 'clients'`,
    );
    const tables = await ask(`select 1 from information_schema.tables where table_name = 'half'`);
    const { rows } = tables.rows.length === 0 ? { rows: [] } : await ask('select count(*)::integer as count from half');
    await store.close();
    return [store.added, columns.rows.length, rows];
  };

  try {
    await killedHalfWay();
    await listens();
    expect(await found()).toEqual([[], 0, []]);
    await killedHalfWay();
    await listens();
    expect(await found()).toEqual([[], 0, []]);
    await listens(whole.program);
    expect(await found()).toEqual([[NAME], 1, [{ count: 50_000 }]]);
  } finally {
    await waiting.remove();
    await database?.drop();
    await rm(home, { recursive: true, force: true });
  }
});

async function isHalfWay(url: string | undefined, marker: string): Promise<boolean> {
  if (url === undefined) return existsSync(marker);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const sleeping =
    await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
  await sql.end();
  return sleeping.length > 0;
}
