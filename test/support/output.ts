import type { Readable } from 'node:stream';

/** What a process has written so far; `all` has both streams, in the order in which it came. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly all: string;
}

/** Collects what a process writes: what is returned grows with it. */
export function collectOutput(child: { readonly stdout: Readable; readonly stderr: Readable }): Output {
  const output = { stdout: '', stderr: '', all: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      output.all += text;
    });
  }
  return output;
}
