import { auditHead, exportAuditEvents, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { expect, test } from 'vitest';
import { verifyChain } from '../../packages/core/src/audit/chain.ts';
import { createDatabase } from '../support/postgres.ts';
import { helpers, startProgram } from '../support/program.ts';
import { makePlace } from '../support/store.ts';

const { writer } = helpers;

/** Processes take seconds to start on a busy machine. */
const LONG = { timeout: 120_000 };

function start(options: object, count: number) {
  return startProgram(writer, [JSON.stringify({ options, concurrency: 20, count })]);
}

test(
  'four brokers that start at once on an empty Postgres all start, and keep one gap-free chain between them',
  LONG,
  async () => {
    const { url, drop } = await createDatabase();
    const programs = [1, 2, 3, 4].map(() => start({ url }, 100));
    const codes = await Promise.all(programs.map(({ ended }) => ended));
    expect(programs.map(({ stderr }) => stderr())).toEqual(['', '', '', '']);
    expect(codes).toEqual([0, 0, 0, 0]);
    const seqs = programs.flatMap(({ lines }) => lines().slice(1).map(Number)).sort((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));

    const store = await openStore({ url, now: Date.now });
    const head = await auditHead(store.db, { organization_id });
    const report = await verifyChain(exportAuditEvents(store.db, { organization_id }), { head });
    expect(report).toEqual({ whole: true, entries: 400, head });
    await store.close();
    await drop();
  },
);

test(
  'a second process on an embedded database is refused with a sentence, until the first has ended',
  LONG,
  async () => {
    const { options, remove } = await makePlace('embedded');
    const first = startProgram(writer, [JSON.stringify({ options, idle: true })]);
    await first.printed(1);
    const second = start(options, 1);
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toBe(
      `The data folder ${options.dataDir} is in use by process ${first.pid}. Stop it first, or set WRIT_DATA_DIR to another folder.`,
    );
    await first.kill();
    const third = start(options, 1);
    expect(await third.ended).toBe(0);
    await remove();
  },
);
