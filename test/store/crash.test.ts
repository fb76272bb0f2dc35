import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { auditHead, exportAuditEvents, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../packages/core/src/audit/chain.ts';
import { helpers, type Program, startProgram } from '../support/program.ts';
import { DATABASES, makePlace, type Place } from '../support/store.ts';
import { throwawayFolder } from '../support/throwaway.ts';

const { writer } = helpers;

/** Lets a writer acknowledge some events, kills it without warning, and returns what it acknowledged. */
async function writeAndKill({ options }: Place, round: number): Promise<number[]> {
  const program = startProgram(writer, [JSON.stringify({ options, concurrency: 1 + round * 14 })]);
  await program.printed(20 + round * 60);
  await program.kill();
  expect(program.stderr()).toBe('');
  return program.lines().slice(1).map(Number);
}

describe.each(DATABASES)('a writer killed in the middle of its work, %s', (kind) => {
  test('has lost no event it acknowledged, four times over, and the chain is whole', { timeout: 600_000 }, async () => {
    const place = await makePlace(kind);
    const acknowledged: number[] = [];
    for (let round = 0; round < 4; round += 1) acknowledged.push(...(await writeAndKill(place, round)));
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(acknowledged.length).toBeGreaterThan(400);

    const store = await openStore({ ...place.options, now: Date.now });
    const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
    const head = await auditHead(store.db, { organization_id });
    expect(await verifyChain(entries, { head })).toMatchObject({ whole: true });
    for (const seq of acknowledged) expect(entries[seq - 1]).toContain('"kind":"crash.test"');
    await store.close();
    await place.remove();
  });
});

/** The files and folders that a first start has made so far. */
function madeIn(dataDir: string): readonly string[] {
  try {
    return readdirSync(dataDir, { recursive: true }).map(String);
  } catch {
    // Not there yet, or moved while it was read.
    return [];
  }
}

test.each([
  ['has named the version', (made: readonly string[]) => made.some((path) => path.endsWith('PG_VERSION'))],
  ['has made the whole database', (made: readonly string[]) => made.includes('postgres')],
])(
  'a first start that is killed when it %s leaves nothing that stops the next',
  {
    timeout: 180_000,
  },
  async (_, isFarEnough) => {
    const home = await mkdtemp(join(throwawayFolder(), 'writ-first-'));
    let dataDir = home;
    let program: Program | undefined;
    // Where the machine let it come to its end before the kill, again.
    for (let attempt = 0; attempt < 10 && program?.lines().length !== 0; attempt += 1) {
      dataDir = join(home, `data-${attempt}`);
      program = startProgram(writer, [JSON.stringify({ options: { dataDir }, concurrency: 1 })]);
      // Without a pause: the files are made in well under a second.
      while (!isFarEnough(madeIn(dataDir))) await nextTurn();
      await program.kill();
    }
    expect(program?.lines()).toEqual([]);
    const store = await openStore({ dataDir, now: Date.now });
    expect(await auditHead(store.db, { organization_id })).toMatchObject({ seq: 0 });
    expect(readdirSync(dataDir)).not.toContain('postgres.new');
    await store.close();
    await rm(home, { recursive: true, force: true });
  },
);
