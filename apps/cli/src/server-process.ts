import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Secret } from '@writ/core';
import { EXIT, Failure } from './failure.ts';

/**
 * Runs the broker's own program with this environment and terminal, and returns its exit code. Signals pass through. It reads a secret as a
 * line of its standard input, where nobody else sees it.
 */
export function runServer(args: readonly string[], secret?: Secret): Promise<number> {
  const main = fileURLToPath(new URL('../../server/dist/writ-server.js', import.meta.url));
  if (!existsSync(main))
    throw new Failure(EXIT.failed, `The broker's program is not there: ${main}. Build it with \`npm run build\`.`);
  // The same flag as in `npm start`: an idle broker takes half the memory.
  const child = spawn(process.execPath, ['--max-semi-space-size=8', main, ...args], {
    stdio: [secret === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'],
  });
  // It may have ended, and said why, before it reads.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(`${secret?.expose()}\n`);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A terminal sends Ctrl-C to the whole group: passed on as well, the child would get it twice.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new Failure(EXIT.failed, `The broker did not start: ${main}.`)));
    child.once('exit', (code) => resolve(code ?? EXIT.failed));
  });
}
