import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliMain, runProgram } from './run.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-bundle-'));
  await copyFile(cliMain, join(folder, 'writ.mjs'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the command line is one file that needs no other', async () => {
  expect(await readdir(folder)).toEqual(['writ.mjs']);
  const env = { HOME: folder, WRIT_URL: 'http://127.0.0.1:1' };
  const run = (args: readonly string[]) => runProgram([join(folder, 'writ.mjs')], { args, env, cwd: folder });
  expect(await run(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  expect((await run(['token', '--help'])).stdout).toContain('writ token');
  expect(await run(['env', 'list', 'railway'])).toMatchObject({ code: 4, stdout: '' });
});
