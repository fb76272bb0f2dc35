/** Programs of other languages: run where they are, and said where they are not. */
import { spawn } from 'node:child_process';
import type { TestContext } from 'vitest';
import { collectOutput } from '../support/output.ts';

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. One that cannot be started ends with code 127, as in a shell. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = collectOutput(child);
    child.on('error', (error) => resolve({ code: 127, stdout: '', stderr: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout: output.stdout, stderr: output.stderr }));
  });
}

/** Ends a test as not run, with the reason in the run's output, unless there is none. */
export function unless(missing: string, { skip }: TestContext): void {
  if (missing === '') return;
  process.stdout.write(`Not run: ${missing}\n`);
  skip(missing);
}
