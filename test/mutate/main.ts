/**
 * `npm run mutate -- <file> [<test> ...]`: changes one thing after the other in a source file, each time runs the unit tests that
 * import it (or those that are named), and lists the changes that no test noticed. The file itself stays as it is.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { startCluster } from '../support/cluster.ts';
import { root } from '../support/sources.ts';
import { type Mutant, mutantsOf, mutate } from './mutants.ts';
import type { Trial } from './runner.ts';

/** How long the tests may take with a mutant, milliseconds; one that takes longer has been noticed. */
const MOST_MS = 60_000;

async function main([name, ...named]: readonly string[]): Promise<number> {
  if (name === undefined) return usage('Name a source file: npm run mutate -- packages/core/src/decide/decide.ts');
  const file = resolve(root, name);
  const source = readFileSync(file, 'utf8');
  const tests = named.length > 0 ? named : testsOf(file);
  const missing = tests.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) return usage(`There is no ${missing.join(', no ')}.`);
  if (tests.length === 0) return usage(`No unit test imports ${name}; name some behind it.`);
  say(`${tests.length} test files: ${tests.join(' ')}`);
  const cluster = await startCluster();
  try {
    return await tryAll({ file, tests, database: cluster.url }, source);
  } finally {
    await cluster.stop();
  }
}

async function tryAll(trial: Trial, source: string): Promise<number> {
  let runner = await startRunner(trial);
  try {
    if ((await ask(runner, null)) !== true) return usage('The tests fail without any change.');
    const mutants = mutantsOf(source);
    let survived = 0;
    for (const mutant of mutants) {
      const passes = await ask(runner, mutate(source, mutant));
      if (passes === undefined) {
        end(runner);
        runner = await startRunner(trial);
      }
      if (passes !== true) continue;
      survived += 1;
      process.stdout.write(`${relative(root, trial.file)}:${describe(source, mutant)}\n`);
    }
    process.stdout.write(`${mutants.length} mutants, ${survived} survived\n`);
    return 0;
  } finally {
    end(runner);
  }
}

/** A runner that waits for its first mutant, in a process group of its own. */
async function startRunner(trial: Trial): Promise<ChildProcess> {
  const runner = fork(join(import.meta.dirname, 'runner.ts'), {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  runner.send(trial);
  await once(runner, 'message');
  return runner;
}

/** Whether the tests pass with this text in place of the file, or with the file itself; undefined when they did not end in time. */
async function ask(runner: ChildProcess, text: string | null): Promise<boolean | undefined> {
  runner.send(text as string);
  try {
    const [passes] = await once(runner, 'message', { signal: AbortSignal.timeout(MOST_MS) });
    return passes as boolean;
  } catch {
    return undefined;
  }
}

/** Ends a runner and the worker in its group, which runs what may never end. */
function end({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** The unit tests of the file's own package that import it, or import what imports it, and so on: the nearest first. */
function testsOf(file: string): readonly string[] {
  const folder = join(root, relative(root, file).split('/').slice(0, 2).join('/'));
  const all = globSync(`${folder}/{src,test}/**/*.ts`).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const known = new Set([file]);
  for (let level = [file]; level.length > 0; ) {
    const users = all.filter(({ path, text }) => !known.has(path) && level.some((one) => imports({ path, text }, one)));
    for (const { path } of users) known.add(path);
    level = users.map(({ path }) => path);
  }
  return [...known].filter((path) => path.endsWith('.test.ts')).map((path) => relative(root, path));
}

function imports({ path, text }: { readonly path: string; readonly text: string }, file: string): boolean {
  const specifiers = text.matchAll(/from '(\.[^']+)'/g);
  return [...specifiers].some(([, specifier = '']) => join(dirname(path), specifier) === file);
}

/** `12: left === right  ->  !==`, with the line as it stands. */
function describe(source: string, { start, end, text }: Mutant): string {
  const before = source.slice(0, start);
  const line = before.split('\n').length;
  const from = before.lastIndexOf('\n') + 1;
  const whole = source.slice(from, source.indexOf('\n', start)).trim();
  const changed = source.slice(start, end).replaceAll(/\s+/g, ' ').slice(0, 60);
  return `${line}: ${whole}\n    ${changed}  ->  ${text.slice(0, 60)}`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function usage(problem: string): number {
  say(`mutate (${basename(import.meta.dirname)}): ${problem}`);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
