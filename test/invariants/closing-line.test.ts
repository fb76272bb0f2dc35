/** `.ci/run` runs all parts and counts them together. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../support/sources.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'writ-ci-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it with an `npm` that prints what is told for each of the two parts, and ends with a code. */
function run(parts: Readonly<Record<'test' | 'test:clients', readonly [output: string, code: number]>>) {
  const cases = Object.entries(parts).map(([task, [output, code]]) => `${task}) printf '${output}'; exit ${code};;`);
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncase "$2" in ${cases.join(' ')} esac\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const { status, stdout } = spawnSync(join(root, '.ci', 'run'), { env, encoding: 'utf8' });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

test.each<[string, readonly [string, number], readonly [string, number], string, number]>([
  ['all passed', ['x\\n12 passed, 0 failed\\n', 0], ['3 passed, 0 failed\\n', 0], '15 passed, 0 failed', 0],
  ['the first failed', ['12 passed, 2 failed\\n', 1], ['3 passed, 0 failed\\n', 0], '15 passed, 2 failed', 1],
  ['the second failed', ['12 passed, 0 failed\\n', 0], ['3 passed, 1 failed\\n', 1], '15 passed, 1 failed', 1],
  [
    'some were skipped',
    ['12 passed, 0 failed, 1 skipped\\n', 0],
    ['3 passed, 0 failed\\n', 0],
    '15 passed, 0 failed',
    0,
  ],
  ['one broke off', ['', 137], ['3 passed, 0 failed\\n', 0], '3 passed, 1 failed', 1],
  [
    'one failed without counting it',
    ['12 passed, 0 failed\\n', 1],
    ['3 passed, 0 failed\\n', 0],
    '15 passed, 1 failed',
    1,
  ],
])('%s', (_, first, second, last, status) => {
  expect(run({ test: first, 'test:clients': second })).toEqual({ status, last });
});
