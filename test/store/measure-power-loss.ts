/**
 * Measures what the embedded database promises, and prints a line for each way: cuts of power at random moments (`power-cut.ts`), at first
 * starts, under load, while it is opened after a cut before, and at clean stops; brokers' processes killed at random moments; and copies
 * of the data folder under load, of a process that is stopped meanwhile and of one that goes on. Bounded in number and time.
 *
 * `node --conditions=source test/store/measure-power-loss.ts [cuts] [kills] [copies] [seed]`
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Program, startProgram } from '../support/program.ts';
import { ACKNOWLEDGED, type Acknowledged, type PowerJob, problemOfImage } from './power-image.ts';

const [cuts = 200, kills = 50, copies = 50, seed = 1] = process.argv.slice(2).map(Number);
const home = await mkdtemp(join(tmpdir(), 'writ-measure-'));
const inRound = 24;

/** What was looked at, and what was wrong. */
interface Figures {
  looked: number;
  acknowledged: number;
  readonly problems: string[];
}

function report(what: string, { looked, acknowledged, problems }: Figures): void {
  process.stdout.write(`${what}: ${looked} looked at, ${acknowledged} acknowledged, ${problems.length} with a fault\n`);
  for (const problem of problems) process.stdout.write(`  ${problem}\n`);
}

async function look(figures: Figures, dataDir: string, acknowledged?: Acknowledged): Promise<void> {
  const { events, marks }: Acknowledged =
    acknowledged ?? JSON.parse(await readFile(join(dataDir, ACKNOWLEDGED), 'utf8'));
  const problem = await problemOfImage(dataDir, { events, marks });
  if (problem !== undefined) figures.problems.push(`${figures.looked}: ${problem}`);
  figures.looked += 1;
  figures.acknowledged += events.length + marks;
}

/** Every sixth round is a first start; each other goes on with what the one before left at one of its cuts. */
async function cutPower(): Promise<Figures> {
  const figures: Figures = { looked: 0, acknowledged: 0, problems: [] };
  let dataDir = '';
  for (let round = 0; figures.looked < cuts; round += 1) {
    const isFirst = round % 6 === 0;
    const images = join(home, `images-${round}`);
    if (isFirst) dataDir = join(home, `first-${round}`);
    const job: PowerJob = { dataDir, images, cuts: inRound, seed: seed * 1000 + round, gap: isFirst ? 1_000 : 150 };
    const program = startProgram(new URL('./power-cut.ts', import.meta.url), [JSON.stringify(job)]);
    const code = await program.ended;
    if (code !== 0) throw new Error(`round ${round} ended with ${code}: ${program.stderr()}`);
    await rm(dataDir, { recursive: true, force: true });
    dataDir = join(home, `data-${round + 1}`);
    await cp(join(images, String(inRound - 3 - (round % 5))), dataDir, { recursive: true });
    for (let image = 0; image < inRound; image += 1) await look(figures, join(images, String(image)));
    await rm(images, { recursive: true, force: true });
    process.stderr.write(
      `${figures.looked} cuts, ${figures.problems.length} faults, ${process.uptime().toFixed()} s\n`,
    );
  }
  return figures;
}

const startWriter = (dataDir: string): Program =>
  startProgram(new URL('./writer.ts', import.meta.url), [JSON.stringify({ options: { dataDir }, concurrency: 8 })]);

/** What a writer has said so far, the first line aside. */
const saidBy = (writer: Program): number[] => writer.lines().slice(1).map(Number);

async function killAtRandom(): Promise<Figures> {
  const figures: Figures = { looked: 0, acknowledged: 0, problems: [] };
  const dataDir = join(home, 'killed');
  const events: number[] = [];
  while (figures.looked < kills) {
    const writer = startWriter(dataDir);
    await sleep(Math.random() * 6_000);
    await writer.kill();
    events.push(...saidBy(writer));
    await look(figures, dataDir, { events, marks: 0 });
  }
  return figures;
}

async function copyAtRandom(isStopped: boolean): Promise<Figures> {
  const figures: Figures = { looked: 0, acknowledged: 0, problems: [] };
  const dataDir = join(home, `copied-${isStopped}`);
  const writer = startWriter(dataDir);
  await writer.printed(20);
  while (figures.looked < copies) {
    await sleep(Math.random() * 2_000);
    const copy = join(home, 'copy');
    if (isStopped) process.kill(writer.pid, 'SIGSTOP');
    const events = saidBy(writer);
    spawnSync('cp', ['-r', dataDir, copy]);
    // Stopped while it is looked at too: so the log does not grow for ever.
    process.kill(writer.pid, 'SIGSTOP');
    await look(figures, copy, { events, marks: 0 });
    process.kill(writer.pid, 'SIGCONT');
    await rm(copy, { recursive: true, force: true });
  }
  await writer.kill();
  return figures;
}

report('Power cut', await cutPower());
report('Killed', await killAtRandom());
report('Copied while stopped', await copyAtRandom(true));
report('Copied while it wrote', await copyAtRandom(false));
await rm(home, { recursive: true, force: true });
