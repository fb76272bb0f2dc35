#!/usr/bin/env node
/**
 * `writ` from a checkout: sets it up where that is still to be done (as `npm start` does), and runs the command under the
 * project's Node, under any Node that started this.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { preflight } from '../../../tools/preflight.mjs';
import { commandLine, isOwnNode, projectNode, setUp } from '../../../tools/setup.mjs';

try {
  if (process.argv[2] === 'serve' && process.argv.length === 3) await preflight();
  await setUp();
  // A second process costs as much time as the rest of a command.
  if (isOwnNode()) await import(pathToFileURL(commandLine).href);
  else await runByProjectNode();
} catch (error) {
  if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`);
  process.stderr.write(`writ: ${error.message}\n`);
  process.exitCode = 1;
}

async function runByProjectNode() {
  // The command says in its sentences what it was called as: here is the only place that knows.
  const options = { stdio: 'inherit', argv0: basename(process.argv[1]) };
  const child = spawn(projectNode(), [commandLine, ...process.argv.slice(2)], options);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to the whole group: passed on as well, the child would get it twice.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
