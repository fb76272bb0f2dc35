/** The command line as its users run it: a process of its own, with its own home. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programs } from '../../tools/bundle.ts';
import { compileCache, pinnedNode } from '../support/broker-process.ts';
import { collectOutput } from '../support/output.ts';

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything in an output that a terminal could act on, but line breaks. */
export const ACTS = /[^\n\P{Cc}]|\p{Cf}/u;

/** A home with its own stored session. */
export interface Home {
  readonly folder: string;
  /** Its environment, for other programs that run in it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `writ` with these arguments; with `answers`, also `--stdin` and one line for each. */
  writ(args: readonly string[], answers?: readonly string[]): Promise<Ran>;
  remove(): Promise<void>;
}

/** The command line's program, as the global set-up made it of the source. */
export const cliMain = programs.cli.file;

/** Makes a home for a broker's user. */
export async function makeHome(url: string, more: Readonly<Record<string, string>> = {}): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-cli-'));
  const config = { WRIT_URL: url, WRIT_CONFIG_DIR: join(folder, 'config') };
  const PATH = process.env['PATH'] ?? '';
  const env = { PATH, NODE_COMPILE_CACHE: compileCache, HOME: folder, ...config, ...more };
  return {
    folder,
    env,
    writ: (args, answers) => run(args, { answers, env, cwd: folder }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface RunOptions {
  readonly answers?: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

function run(args: readonly string[], { answers, env, cwd }: RunOptions): Promise<Ran> {
  const all = [...args, ...(answers === undefined ? [] : ['--stdin'])];
  return runProgram([cliMain], { args: all, answers, env, cwd });
}

/** Runs a program under the project's Node, with nothing but this environment; `answers` are the lines it reads. */
export function runProgram(
  program: readonly string[],
  { args, answers, env, cwd }: RunOptions & { readonly args: readonly string[] },
): Promise<Ran> {
  const child = spawn(pinnedNode(), [...program, ...args], { env, cwd });
  child.stdin.on('error', () => undefined);
  child.stdin.end((answers ?? []).map((line) => `${line}\n`).join(''));
  const output = collectOutput(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout: output.stdout, stderr: output.stderr }));
  });
}
