import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { inject } from 'vitest';

/** A database of the run's cluster. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, also while somebody is connected. */
  readonly drop: () => Promise<void>;
}

/** Makes a fresh database: empty, or a copy of the template that `ensureTemplate` named. */
export async function createDatabase(template = 'template1'): Promise<TestDatabase> {
  const name = `${inject('postgresPrefix')}${randomBytes(6).toString('hex')}`;
  await asAdmin((sql) => copy(sql, { name, template }));
  return { url: urlOf(name), drop: () => asAdmin((sql) => drop(sql, name)) };
}

/**
 * Makes the run's template of that name with `migrate`, once however many files ask for it, and answers its name for
 * `createDatabase`. `migrate` must close its connections: a database in use cannot be copied.
 */
export async function ensureTemplate(of: string, migrate: (url: string) => Promise<void>): Promise<string> {
  const name = `${inject('postgresPrefix')}template_${of}`;
  const building = `${name}_building`;
  await asAdmin(async (sql) => {
    await sql`select pg_advisory_lock(hashtext(${name}))`;
    const [found] = await sql`select 1 from pg_database where datname = ${name}`;
    if (found) return;
    await drop(sql, building);
    await copy(sql, { name: building, template: 'template1' });
    await migrate(urlOf(building));
    await retryWhileInUse(() => sql`alter database ${sql(building)} rename to ${sql(name)}`);
  });
  return name;
}

async function copy(sql: Sql, { name, template }: { name: string; template: string }): Promise<void> {
  await retryWhileInUse(() => sql`create database ${sql(name)} template ${sql(template)}`);
}

async function drop(sql: Sql, name: string): Promise<void> {
  await sql`drop database if exists ${sql(name)} with (force)`;
}

/** A connection that was just closed counts as a user for a moment longer: SQLSTATE 55006. */
async function retryWhileInUse(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof postgres.PostgresError) || error.code !== '55006' || attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function asAdmin(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function urlOf(name: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
}
