/**
 * `node tools/run.mjs <task> [arguments]`: sets the checkout up, then runs the task's commands one after the other under the
 * project's Node, stopping at the first that fails. Signals and the exit code pass through.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { preflight } from './preflight.mjs';
import { Refusal } from './refusal.mjs';
import { projectNode, root, server as serverFile, setUp } from './setup.mjs';

const tool = (...path) => join(root, 'node_modules', ...path);
const biome = [tool('@biomejs', 'biome', 'bin', 'biome')];
const tsc = [tool('typescript', 'bin', 'tsc'), '-b'];
const vitest = [tool('vitest', 'vitest.mjs'), 'run'];
const lint = [...biome, 'check', '--error-on-warnings'];

/** A start makes much garbage at once; with this much room for new objects, megabytes, an idle broker takes half the memory. Less costs speed. */
const server = ['--max-semi-space-size=8'];

/**
 * Each task: what is looked at before anything is installed, whether it needs the build and a browser, and its commands as arguments to
 * Node. The caller's arguments go to the last.
 */
const tasks = {
  start: { build: true, before: preflight, commands: [[...server, serverFile]] },
  dev: {
    build: false,
    before: preflight,
    commands: [['--watch', '--conditions=source', join(root, 'apps/server/src/main.ts')]],
  },
  demo: { build: true, commands: [[join(root, 'test/demo/main.ts')]] },
  upstream: { build: false, commands: [[join(root, 'test/demo/upstream.ts')]] },
  // The bench gives the flags it is started with to the broker.
  bench: { build: true, commands: [[...server, join(root, 'test/bench/main.ts')]] },
  seed: { build: false, commands: [['--conditions=source', join(root, 'test/bench/seed/main.ts')]] },
  mutate: { build: false, commands: [['--conditions=source', join(root, 'test/mutate/main.ts')]] },
  build: { build: true, commands: [] },
  typecheck: { build: false, browser: true, commands: [tsc] },
  format: { build: false, commands: [[...biome, 'check', '--write']] },
  check: { build: true, browser: true, commands: [lint, tsc, [...vitest, 'packages/', 'apps/', 'test/invariants/']] },
  test: { build: true, browser: true, commands: [lint, tsc, [...vitest, '--project', 'unit', '--project', 'product']] },
  screenshots: { build: true, browser: true, commands: [[...vitest, '--project', 'screenshots']] },
  'test:clients': { build: false, commands: [[...vitest, '--project', 'clients']] },
};

async function main([name, ...rest]) {
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined;
  if (!task) throw new Refusal(`There is no task "${name ?? ''}"; there are ${Object.keys(tasks).join(', ')}.`);
  await task.before?.();
  const last = task.commands.at(-1);
  await beforeTests(last, () => setUp({ build: task.build, browser: task.browser }));
  const node = projectNode();
  for (const args of task.commands.slice(0, -1)) {
    const code = await beforeTests(last, () => run(node, args));
    if (code !== 0) return code;
  }
  return last ? run(node, [...last, ...rest]) : 0;
}

/** Runs what comes before the tests: when it fails, the closing line says that no test passed. */
async function beforeTests(last, work) {
  let code = 1;
  try {
    code = await work();
    return code;
  } finally {
    const isTests = last?.[0] === vitest[0];
    if (isTests && code) process.once('exit', () => process.stdout.write('0 passed, 1 failed\n'));
  }
}

function run(node, args) {
  const script = args.find((arg) => arg.endsWith('main.ts') || arg === serverFile);
  if (script && !existsSync(script)) throw new Refusal(`${script.slice(root.length)} is not there.`);
  const PATH = [tool('.bin'), process.env.PATH].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: root, env: { ...process.env, PATH }, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      // A terminal sends Ctrl-C to the whole group: passed on as well, the child would get it twice.
      process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
    }
    child.on('error', (error) => reject(new Refusal(`Node did not start (${error.message}).`)));
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`);
  process.stderr.write(`writ: ${error.message}\n`);
  process.exitCode = 1;
}
