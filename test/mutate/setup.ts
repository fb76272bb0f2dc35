import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';

/** Gives the tests the Postgres that the whole run shares. */
export function setup(project: TestProject): void {
  project.provide('postgresUrl', process.env['WRIT_TEST_DATABASE_URL'] ?? '');
  project.provide('postgresPrefix', `writ_test_${randomBytes(4).toString('hex')}_`);
}
