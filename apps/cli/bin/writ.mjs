#!/usr/bin/env node
/**
 * `writ` from a checkout: sets it up where that is still to be done (as `npm start` does), and runs the command under the
 * project's Node, whatever Node started this.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { projectNode, setUp } from '../../../tools/setup.mjs';

try {
  await setUp();
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = spawn(projectNode(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to the whole group: passed on as well, the child would get it twice.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
} catch (error) {
  if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`);
  process.stderr.write(`writ: ${error.message}\n`);
  process.exitCode = 1;
}
