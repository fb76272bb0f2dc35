/**
 * `npm run mutate -- <file> [<test> ...]`: changes one thing after the other in a source file, each time runs the unit tests that
 * import it (or those that are named), and lists the changes that no test noticed. The file itself stays as it is.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { root } from '../support/sources.ts';
import { type Mutant, mutantsOf, mutate } from './mutants.ts';

/** How long the tests may take with a mutant, milliseconds; one that takes longer has been noticed. */
const MOST_MS = 60_000;

interface Run {
  readonly file: string;
  readonly tests: readonly string[];
  readonly folder: string;
  readonly database: string;
}

async function main([name, ...named]: readonly string[]): Promise<number> {
  if (name === undefined) return usage('Name a source file: npm run mutate -- packages/core/src/decide/decide.ts');
  const file = resolve(root, name);
  const source = readFileSync(file, 'utf8');
  const tests = named.length > 0 ? named : testsOf(file);
  if (tests.length === 0) return usage(`No unit test imports ${name}; name some behind it.`);
  const folder = await mkdtemp(join(tmpdir(), 'writ-mutate-'));
  let cluster: Cluster | undefined;
  try {
    cluster = await startCluster();
    const run = { file, tests, folder, database: cluster.url };
    say(`${tests.length} test files: ${tests.join(' ')}`);
    if (!(await passes(run))) return usage('The tests fail without any change.');
    await tryAll(run, source);
    return 0;
  } finally {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryAll(run: Run, source: string): Promise<void> {
  const mutants = mutantsOf(source);
  let survived = 0;
  for (const mutant of mutants) {
    if (!(await passes(run, mutate(source, mutant)))) continue;
    survived += 1;
    process.stdout.write(`${relative(root, run.file)}:${describe(source, mutant)}\n`);
  }
  process.stdout.write(`${mutants.length} mutants, ${survived} survived\n`);
}

/** Tells whether the tests pass, with the file as it is or with this text for it. */
async function passes({ file, tests, folder, database }: Run, text?: string): Promise<boolean> {
  const [mutant, result] = [join(folder, 'mutant.ts'), join(folder, 'result.json')];
  if (text !== undefined) writeFileSync(mutant, text);
  const env = {
    ...process.env,
    WRIT_TEST_DATABASE_URL: database,
    WRIT_MUTATED_FILE: file,
    WRIT_MUTATED_TESTS: tests.join(','),
    WRIT_MUTANT: text === undefined ? '' : mutant,
    WRIT_MUTANT_RESULT: result,
  };
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--config', 'test/mutate/vitest.config.ts'], {
    cwd: root,
    env,
    stdio: 'ignore',
    detached: true,
  });
  // The worker runs what may never end, and is of the same group.
  const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), MOST_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(limit);
  return code === 0;
}

/** The unit tests of the file's own package that import it; of a file that none does, those that import what imports it, and so on. */
function testsOf(file: string): readonly string[] {
  const folder = join(root, relative(root, file).split('/').slice(0, 2).join('/'), 'src');
  const all = globSync(`${folder}/**/*.ts`).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const known = new Set([file]);
  for (let level = [file]; level.length > 0; ) {
    const users = all.filter(({ path, text }) => !known.has(path) && level.some((one) => imports({ path, text }, one)));
    const tests = users.filter(({ path }) => path.endsWith('.test.ts'));
    if (tests.length > 0) return tests.map(({ path }) => relative(root, path));
    for (const { path } of users) known.add(path);
    level = users.map(({ path }) => path);
  }
  return [];
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
