import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programs } from '../../tools/bundle.ts';
import { collectOutput } from './output.ts';
import { root } from './sources.ts';

/** How the server's process is run. */
export interface SpawnOptions {
  /** All of its environment but `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** The server's file of another release; default: of this one. */
  readonly program?: string | undefined;
}

/** A server process, of what the global set-up made of the source. */
export interface ServerProcess {
  readonly pid: number;
  /** What it wrote so far, to standard output and standard error. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The exit code, or the signal's name; settled when it has ended and everything it wrote was read. */
  readonly ended: Promise<number | string>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
}

/** The project's own Node, also where another one runs the tests. */
export function pinnedNode(): string {
  const pinned = join(root, 'node_modules', 'node', 'bin', 'node');
  return existsSync(pinned) ? pinned : process.execPath;
}

/** Where Node keeps what it made of our programs, so that not every process compiles them again. */
export const compileCache = join(root, 'node_modules', '.cache', 'writ-tests');

/**
 * Flags of a process that lives for seconds. Compiling the embedded database a second time, for speed, takes more computing than such a
 * process gets back, and 500 MB of memory meanwhile.
 */
export const SHORT_LIVED: readonly string[] = ['--liftoff-only'];

/** Starts the server as a real process. */
export function spawnServer({ env, args = [], program = programs.server.file }: SpawnOptions): ServerProcess {
  const child = spawn(pinnedNode(), [...SHORT_LIVED, program, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  const ended = endOf(child);
  running.add(child);
  void ended.then(() => running.delete(child));
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function endOf(child: ChildProcess): Promise<number | string> {
  const [code, signal]: (number | string | null)[] = await once(child, 'close');
  return code ?? signal ?? 'unknown';
}

/** A test file that fails half-way leaves no server behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
