import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Program as BundledProgram, programs } from '../../tools/bundle.ts';
import { compileCache, SHORT_LIVED } from './broker-process.ts';
import { root } from './sources.ts';

/** A TypeScript program of the tests in a process of its own. */
export interface Program {
  readonly pid: number;
  /** Complete lines of its standard output so far. */
  readonly lines: () => readonly string[];
  readonly stderr: () => string;
  /** Waits until it has printed so many lines, or has ended. */
  readonly printed: (lines: number) => Promise<void>;
  /** Waits for its end, all output read; the exit code, null when killed. */
  readonly ended: Promise<number | null>;
  /** Writes to its standard input. */
  readonly write: (text: string) => void;
  /** Ends its standard input. */
  readonly end: () => void;
  readonly kill: () => Promise<void>;
}

/** A program of the store's tests. */
function helper(name: string): BundledProgram {
  const { external } = programs.server;
  const file = join(compileCache, 'programs', `${name}.js`);
  return { source: join(root, 'test', 'store', `${name}.ts`), file, external };
}

/**
 * Programs that tests start often. The global set-up makes one file of each: reading hundreds of files takes longer than most of them
 * live.
 */
export const helpers = {
  decider: helper('decider'),
  holder: helper('holder'),
  pruner: helper('pruner'),
  signer: helper('signer'),
  writer: helper('writer'),
} as const;

/** Starts a program: one of `helpers`, or one from its source; `under` a command that runs it. */
export function startProgram(
  program: URL | BundledProgram,
  args: readonly string[],
  under: readonly string[] = [],
): Program {
  const file = program instanceof URL ? program.pathname : program.file;
  const node = [process.execPath, ...SHORT_LIVED, '--conditions=source'];
  const [command = '', ...rest] = [...under, ...node, file, ...args];
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NODE_COMPILE_CACHE: compileCache },
  });
  const stop = (): boolean => child.kill('SIGKILL');
  process.once('exit', stop);
  const output = collect(child);
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', stop);
    return typeof code === 'number' ? code : null;
  });
  const lines = (): string[] => output.stdout.split('\n').slice(0, -1);
  return {
    pid: child.pid ?? 0,
    lines,
    stderr: () => output.stderr,
    printed: async (count) => {
      while (output.lines < count && child.exitCode === null && child.signalCode === null) {
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    },
    ended,
    write: (text) => child.stdin.write(text),
    end: () => void child.stdin.end(),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Output {
  stdout: string;
  stderr: string;
  lines: number;
}

function collect(child: ChildProcess): Output {
  const output: Output = { stdout: '', stderr: '', lines: 0 };
  child.stdout?.on('data', (chunk: Buffer) => {
    const text = chunk.toString();
    output.stdout += text;
    output.lines += text.split('\n').length - 1;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  return output;
}
