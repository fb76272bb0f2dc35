import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { root } from '../support/sources.ts';
import { runProgram } from './run.ts';

let checkout: string;
let taken: Server;
let port: number;

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'writ-start-'));
  // What a checkout has before anything is built, as far as it is read.
  for (const path of ['tools', 'apps/server/src/listen-errors.json'])
    await cp(join(root, path), join(checkout, path), { recursive: true });
  await writeFile(join(checkout, 'package.json'), '{"type":"module"}');
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  port = (taken.address() as { port: number }).port;
});

afterAll(async () => {
  await new Promise((resolve) => taken.close(resolve));
  await rm(checkout, { recursive: true, force: true });
});

describe('a start that cannot succeed says so before anything is installed', () => {
  test.each([
    [
      'a port in use',
      () => ({ WRIT_PORT: String(port) }),
      /^writ: Port \d+ of 127\.0\.0\.1 is in use, perhaps by another Writ/,
    ],
    [
      'a port that is none',
      () => ({ WRIT_PORT: '99999' }),
      /^writ: WRIT_PORT is "99999"; it must be a port from 1 to 65535\./,
    ],
    [
      'an address of another machine',
      () => ({ WRIT_HOST: '203.0.113.9' }),
      /^writ: 203\.0\.113\.9 is not an address of this/,
    ],
    [
      'a folder below a file',
      () => ({ WRIT_DATA_DIR: join(checkout, 'package.json/data') }),
      /package\.json is not a folder\./,
    ],
  ])('%s', async (_, settings, said) => {
    const env = { HOME: checkout, WRIT_PORT: '0', ...settings() };
    if (env.WRIT_PORT === '0') env.WRIT_PORT = String(await freePort());
    const ran = await runProgram([join(checkout, 'tools/run.mjs'), 'start'], { args: [], env, cwd: checkout });
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toMatch(said);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
    expect((await readdir(checkout)).sort()).toEqual(['apps', 'package.json', 'tools']);
  });
});
