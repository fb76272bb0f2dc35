/** Two brokers never use one data folder: the lock is the system's own, and ends with its holder alone. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportAuditEvents, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { describe, expect, test } from 'vitest';
import { helpers, type Program, startProgram } from '../support/program.ts';
import { makePlace, OPENING } from '../support/store.ts';

const { holder } = helpers;

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'writ-lock-'));

/** Takes the lock in a process of its own; what it said. */
async function take(folder: string, under: readonly string[] = []): Promise<{ program: Program; said: string }> {
  const program = startProgram(holder, [folder, 'lock'], under);
  await program.printed(1);
  return { program, said: program.lines()[0] ?? program.stderr() };
}

/** How this machine lets a test make a process-id namespace; where it has none, the processes see each other. */
const UNSHARE =
  [
    ['unshare', '--pid', '--fork', '--kill-child'],
    ['unshare', '--user', '--map-current-user', '--pid', '--fork', '--kill-child'],
  ].find(([command = '', ...args]) => spawnSync(command, [...args, 'true']).status === 0) ?? [];

describe('a folder that a process holds', () => {
  test('is refused to another by every path, with a sentence that names both, and free once the holder was killed', async () => {
    const folder = freshFolder();
    const first = await take(folder);
    expect(first.said).toBe('held');
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    const second = await take(link);
    expect(second.said).toBe(
      `The data folder ${link} is in use by ${process.platform === 'linux' ? `process ${first.program.pid}` : 'another process'}. Stop it first, or set WRIT_DATA_DIR to another folder.`,
    );
    await first.program.kill();
    const third = await take(folder);
    expect(third.said).toBe('held');
    await third.program.kill();
  });

  test('is refused while the holder is stopped', async () => {
    const folder = freshFolder();
    const { program } = await take(folder);
    process.kill(program.pid, 'SIGSTOP');
    expect((await take(folder)).said).toMatch(/in use by/);
    await program.kill();
  });

  test('is refused to a process that cannot see the holder, and the other way round', async () => {
    const folder = freshFolder();
    const inside = await take(folder, UNSHARE);
    expect(inside.said).toBe('held');
    expect((await take(folder, UNSHARE)).said).toMatch(/in use by/);
    expect((await take(folder)).said).toMatch(/in use by/);
    await inside.program.kill();
    const outside = await take(folder);
    expect(outside.said).toBe('held');
    expect((await take(folder, UNSHARE)).said).toMatch(/in use by/);
    await outside.program.kill();
  });

  test('is given up by a holder whose lock was removed or replaced', async () => {
    for (const spoil of [rmSync, (path: string) => renameSync(path, `${path}.old`), replace]) {
      const folder = freshFolder();
      const { program } = await take(folder);
      spoil(join(folder, 'lock.db'));
      expect(await program.ended).toBe(1);
      expect(program.lines()[1]).toMatch(/lock\.db was removed or replaced while Writ ran/);
    }
  });
});

function replace(path: string): void {
  writeFileSync(`${path}.new`, '');
  renameSync(`${path}.new`, path);
}

test('a lock that is no file of Writ is refused with a sentence', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'lock.db'), 'a text that is no database, and long enough to be looked at'.repeat(20));
  expect((await take(folder)).said).toMatch(/lock\.db cannot be taken/);
});

test('a folder of the version before opens once no broker of it lives', async () => {
  const folder = freshFolder();
  const old = join(folder, 'writ.lock');
  writeFileSync(old, '{}');
  expect((await take(folder)).said).toMatch(/older version of Writ used the data folder/);
  utimesSync(old, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
  const { program, said } = await take(folder);
  expect(said).toBe('held');
  await program.kill();
});

test('what a holder acknowledged before its lock was taken away is kept, and nothing is acknowledged after', {
  timeout: OPENING,
}, async () => {
  const place = await makePlace('embedded');
  const folder = place.options.dataDir ?? '';
  const first = startProgram(holder, [folder]);
  await first.printed(1);
  expect(first.lines()).toEqual(['held']);
  first.write('one\n');
  await first.printed(2);
  process.kill(first.pid, 'SIGSTOP');
  rmSync(join(folder, 'lock.db'));
  first.write('two\n');
  const store = await openStore({ dataDir: folder, now: Date.now });
  process.kill(first.pid, 'SIGCONT');
  expect(await first.ended).toBe(1);
  const [, acknowledged, last, ...more] = first.lines();
  expect([last, more]).toEqual([expect.stringMatching(/removed or replaced/), []]);
  const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
  expect(entries).toHaveLength(Number(acknowledged));
  expect(entries.at(-1)).toContain('lock.test');
  await store.close();
  await place.remove();
});
