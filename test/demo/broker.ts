import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programs } from '../../tools/bundle.ts';
import { freePort } from '../support/free-port.ts';

/** What a command of `writ` printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A broker in a process of its own, with its own folder, and the command line that talks to it. */
export interface DemoBroker {
  readonly url: string;
  readonly setupToken: string;
  /** Where the demo may put files. */
  readonly folder: string;
  /** Runs `writ` with these arguments; `answers` are the lines it would ask for. */
  writ(args: readonly string[], answers?: readonly string[]): Promise<Ran>;
  stop(): Promise<void>;
}

/** Starts the built broker on a free port and an empty folder. */
export async function startDemoBroker(): Promise<DemoBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-demo-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const setupToken = `demo-${randomBytes(16).toString('hex')}`;
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    WRIT_DATA_DIR: join(folder, 'data'),
    WRIT_KEY_FILE: join(folder, 'key'),
    WRIT_PORT: String(port),
    WRIT_SETUP_TOKEN: setupToken,
  };
  const child = spawn(process.execPath, [programs.server.file], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(child);
  } catch (error) {
    await stop();
    throw error;
  }
  const home = { PATH: environment.PATH, HOME: folder, WRIT_URL: url, WRIT_CONFIG_DIR: join(folder, 'config') };
  return { url, setupToken, folder, writ: (args, answers) => run(args, { answers, home }), stop };
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
    child.once('exit', () => reject(new Error(`The broker did not start:\n${output}`)));
  });
}

type RunOptions = { readonly answers: readonly string[] | undefined; readonly home: Readonly<Record<string, string>> };

function run(args: readonly string[], { answers, home }: RunOptions): Promise<Ran> {
  const stdin = answers === undefined ? [] : ['--stdin'];
  const child = spawn(process.execPath, [programs.cli.file, ...args, ...stdin], { env: home });
  child.stdin.end((answers ?? []).map((line) => `${line}\n`).join(''));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trimEnd() }));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await ended;
}
