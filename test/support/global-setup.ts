import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { writeProgram, writePrograms } from '../../tools/bundle.ts';
import { startCluster } from './cluster.ts';
import { embeddedTemplateFolder } from './embedded-template.ts';
import { helpers } from './program.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the run's cluster, with the right to create databases. */
    postgresUrl: string;
    /** Begins the name of every database that this run makes. */
    postgresPrefix: string;
  }
}

/** Makes the programs of the source as it is, so that tests run what users do. Starts one Postgres for the run, or uses the one `WRIT_TEST_DATABASE_URL` names; gives its URL to every test. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await Promise.all([writePrograms(), ...Object.values(helpers).map(writeProgram)]);
  const prefix = `writ_test_${randomBytes(4).toString('hex')}_`;
  const given = process.env['WRIT_TEST_DATABASE_URL'];
  const cluster = given ? { url: given, stop: () => dropDatabases(given, prefix) } : await startCluster();
  project.provide('postgresUrl', cluster.url);
  project.provide('postgresPrefix', prefix);
  return async () => {
    await cluster.stop();
    await rm(embeddedTemplateFolder(prefix), { recursive: true, force: true });
  };
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const rows = await sql<{ datname: string }[]>`select datname from pg_database where starts_with(datname, ${prefix})`;
  for (const { datname } of rows) await sql`drop database if exists ${sql(datname)} with (force)`;
  await sql.end();
}
