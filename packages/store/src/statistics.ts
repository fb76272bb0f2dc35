import type { Driver } from './database.ts';

/** The tables that grow for as long as Writ is used. */
const GROWING = ['audit_events', 'tokens', 'tasks', 'grants', 'approvals', 'holds', 'sessions'];

/** Counts again what these tables hold, in a sample: the database chooses by that which index it reads. One after the other, so that no request waits long. */
export async function refreshStatistics(driver: Pick<Driver, 'script'>): Promise<void> {
  for (const table of GROWING) {
    await driver.script(async (run) => {
      await run({ text: 'set local default_statistics_target = 10' });
      await run({ text: `analyze ${table}` });
    });
  }
}
