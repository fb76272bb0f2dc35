/**
 * From `npm start` to "Writ listens on", when everything is installed and built.
 *
 * How: the real command in this checkout, embedded database in a temporary folder, median of several starts on a folder that is
 * there; the very first start, which makes the database, is told beside it.
 *
 * What it does not show: installing and building, which the first `npm start` of a checkout does, or a large database.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { root } from '../../support/sources.ts';
import type { Bench } from '../bench.ts';
import { count, median, type Row } from '../report.ts';

/** Measures the first start and later ones. */
export async function startRow(bench: Bench): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-bench-'));
  bench.defer(() => rm(folder, { recursive: true, force: true }));
  const first = await startOnce(bench, folder);
  const later: number[] = [];
  for (let round = 0; round < (bench.quick ? 2 : 5); round += 1) later.push(await startOnce(bench, folder));
  const value = median(later);
  return [
    {
      work: 'npm start',
      value: `${count(value)} ms`,
      against: '',
      baseline: '',
      goal: '< 3 000 ms',
      met: value < 3000,
      note: `installed and built, on an embedded database that is there; the first start, which makes it, ${count(first)} ms`,
      numbers: { later_ms: value, first_ms: first },
    },
  ];
}

/** Milliseconds until it listens. */
async function startOnce(bench: Bench, folder: string): Promise<number> {
  const port = String(await freePort());
  const paths = { WRIT_DATA_DIR: join(folder, 'data'), WRIT_KEY_FILE: join(folder, 'key') };
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', WRIT_PORT: port, ...paths };
  const begun = performance.now();
  const child = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  bench.defer(() => endGroup(child));
  await listening(child);
  const took = performance.now() - begun;
  await endGroup(child);
  return took;
}

function listening(child: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Writ listens on')) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', () => reject(new Error(`npm start ended:\n${output}`)));
  });
}

/** npm, its shell and the broker are one group of processes; its output ends when the last of them has. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.stdout?.closed === true) return;
  const closed = once(child, 'close');
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    return;
  }
  await closed;
}
