import postgres from 'postgres';
import { expect, test } from 'vitest';
import { createDatabase, ensureTemplate } from './postgres.ts';

let migrations = 0;

async function migrate(url: string): Promise<void> {
  migrations += 1;
  const sql = postgres(url, { max: 1 });
  await sql`create table note (text text not null)`;
  await sql.end();
}

test('a template is migrated once, and what one copy holds no other copy sees', async () => {
  const names = await Promise.all([
    ensureTemplate('note', migrate),
    ensureTemplate('note', migrate),
    ensureTemplate('note', migrate),
  ]);
  expect(new Set(names).size).toBe(1);
  expect(migrations).toBe(1);
  const [first, second] = await Promise.all([createDatabase(names[0]), createDatabase(names[0])]);
  const one = postgres(first.url, { max: 1 });
  const two = postgres(second.url, { max: 1 });
  await one`insert into note values ('here')`;
  expect(await one`select text from note`).toHaveLength(1);
  expect(await two`select text from note`).toHaveLength(0);
  await two.end();
  await Promise.all([first.drop(), second.drop()]);
  await expect(one`select 1`).rejects.toThrow();
  await one.end({ timeout: 1 });
});

test('a database without a template is empty and is Postgres 15 or newer', async () => {
  const database = await createDatabase();
  const sql = postgres(database.url, { max: 1 });
  const [row] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
  expect(row?.version).toBeGreaterThanOrEqual(150000);
  expect(await sql`select 1 from pg_tables where schemaname = 'public'`).toHaveLength(0);
  await sql.end();
  await database.drop();
});
