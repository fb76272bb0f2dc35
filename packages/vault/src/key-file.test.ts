import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WritError } from '@writ/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKeyFile } from './key-file.ts';

let folder = '';
let path = '';
const create = { mayCreate: true, randomBytes };
const existing = { mayCreate: false, randomBytes };
const wanted = 'local_0011223344556677';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writ-key-'));
  path = join(folder, 'config', 'key');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(text: string, mode = 0o600): Promise<void> {
  await mkdir(join(folder, 'config'), { recursive: true, mode: 0o700 });
  await writeFile(path, text);
  await chmod(path, mode);
}

async function sentence(options: Parameters<typeof openKeyFile>[1] = existing): Promise<string> {
  const error: unknown = await openKeyFile(path, options).catch((caught: unknown) => caught);
  if (!(error instanceof WritError)) return expect.unreachable('the key file was taken');
  expect(error.code).toBe('unavailable');
  expect(error.message).toContain(folder);
  if (options.wanted === undefined) expect(error.message).not.toMatch(/\n/);
  return error.message;
}

/** What every sentence says of a key that is not where it was looked for. */
function expectLost(said: string, wanted: string): void {
  expect(said).toContain(path);
  expect(said).toContain(`\n  The database is sealed with key ${wanted}.\n`);
  const [what, howOn] = said.split('Without that key these are lost');
  expect(what).toMatch(/copy of that key\. Put it at that path, with mode 600, or point\s+WRIT_KEY_FILE at it/);
  for (const lost of ['root credentials', 'access tokens and checkpoints', 'passwords', 'client secrets'])
    expect(howOn).toContain(lost);
  for (const left of ['connections', 'environments', 'clients', 'grants', 'guardrails', 'freezes', 'whole audit log'])
    expect(howOn).toContain(left);
  for (const command of ['writ data export --out FILE', 'writ data import FILE', 'writ user reset EMAIL --local'])
    expect(howOn).toContain(command);
  const [, ...rest] = said.split('\n');
  for (const line of rest) expect(line.length).toBeLessThanOrEqual(80);
}

describe('making a key file', () => {
  test('makes a file that only its owner can read, and leaves no other file beside it', async () => {
    const key = await openKeyFile(path, create);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'config'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'config'))).toEqual(['key']);
    expect(await readFile(path, 'latin1')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect((await openKeyFile(path, existing)).kekId).toBe(key.kekId);
  });

  test('does not replace an existing one', async () => {
    const first = await openKeyFile(path, create);
    expect((await openKeyFile(path, create)).kekId).toBe(first.kekId);
  });

  test('uses the file of another broker that made one meanwhile', async () => {
    const other = `${randomBytes(32).toString('base64')}\n`;
    const interrupted = (size: number): Uint8Array => {
      mkdirSync(join(folder, 'config'), { recursive: true, mode: 0o700 });
      writeFileSync(path, other, { mode: 0o600 });
      return randomBytes(size);
    };
    const key = await openKeyFile(path, { mayCreate: true, randomBytes: interrupted });
    expect(await readFile(path, 'latin1')).toBe(other);
    expect(key.kekId).toBe((await openKeyFile(path, existing)).kekId);
  });

  test('by many brokers at the same moment gives all of them the same key', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => openKeyFile(path, create)));
    expect(new Set(keys.map((key) => key.kekId)).size).toBe(1);
    expect(await readdir(join(folder, 'config'))).toEqual(['key']);
  });

  test('is refused while the database holds something sealed, and says which key is wanted', async () => {
    const said = await sentence({ ...existing, wanted });
    expect(said).toContain(`There is no key file at ${path}.`);
    expectLost(said, wanted);
    expect(await readdir(folder)).toEqual([]);
  });

  test('in a place where it cannot be made gives a clear error', async () => {
    await writeFile(join(folder, 'config'), 'a file where the folder should be');
    expect(await sentence(create)).toMatch(/cannot be read \(ENOTDIR\)|could not be made/);
  });
});

describe('a key file is refused', () => {
  const good = () => `${randomBytes(32).toString('base64')}\n`;

  test.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666])('with mode %o', async (mode) => {
    await put(good(), mode);
    expect(await sentence()).toContain(`run: chmod 600 ${path}`);
  });

  test('that is empty', async () => {
    await put('');
    expect(await sentence()).toContain('is empty; restore it from your copy');
  });

  test.each([
    ['not base64', 'not a key at all!'],
    ['base64url', `${Buffer.alloc(32, 0xff).toString('base64url')}\n`],
    ['two lines', `${randomBytes(32).toString('base64')}\n\n`],
    ['indented', ` ${randomBytes(32).toString('base64')}`],
  ])('that is %s', async (_, text) => {
    await put(text);
    expect(await sentence()).toContain('is not base64');
  });

  test.each([0, 16, 31, 33, 64, 600])('of %i bytes', async (length) => {
    await put(`${randomBytes(length).toString('base64')}\n`);
    expect(await sentence()).toMatch(
      length === 0 ? /is empty/ : new RegExp(`holds ${length} bytes where a key has 32`),
    );
  });

  test.each([
    ['zeros', Buffer.alloc(32)],
    ['a word', Buffer.from('changeme'.repeat(4))],
  ])('of %s', async (_, bytes) => {
    await put(bytes.toString('base64'));
    expect(await sentence()).toContain('is not random');
  });

  test('when it is a folder', async () => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    expect(await sentence()).toContain('is not a file');
  });

  test('in a folder that others can write to', async () => {
    await put(good());
    await chmod(join(folder, 'config'), 0o770);
    expect(await sentence()).toContain(`run: chmod go-w ${join(folder, 'config')}`);
  });

  test('behind a link into a folder that others can write to', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'key'), good(), { mode: 0o600 });
    await chmod(elsewhere, 0o777);
    await mkdir(join(folder, 'config'), { mode: 0o700 });
    await symlink(join(elsewhere, 'key'), path);
    expect(await sentence()).toContain(`Others can write to the folder ${elsewhere}`);
    await chmod(elsewhere, 0o700);
    expect((await openKeyFile(path, existing)).kekId).toMatch(/^local_/);
  });

  test.each([
    ['another key', good(), /holds another key, local_[0-9a-f]{16}\.\n/],
    ['nothing', '', /is empty\.\n/],
    ['the first half of a key', good().slice(0, 22), /is not base64, or not all of it is there\.\n/],
    ['as much of a key as makes whole bytes', good().slice(0, 24), /holds 18 bytes where a key has 32\.\n/],
    ['a word', Buffer.from('changeme'.repeat(4)).toString('base64'), /holds a key that is not random\.\n/],
  ])('when a key is wanted and it holds %s, and says what is lost', async (_, text, problem) => {
    await put(text);
    const said = await sentence({ ...existing, wanted });
    expect(said).toMatch(problem);
    expectLost(said, wanted);
    if (text !== '') expect(said).not.toContain(text.trim());
  });

  test('when it cannot be used as it is, and says which key is wanted, not that it is lost', async () => {
    await put(good(), 0o644);
    const said = await sentence({ ...existing, wanted });
    expect(said).toBe(
      `The key file ${path} is open to others (mode 644); run: chmod 600 ${path}\n  The database is sealed with key ${wanted}.`,
    );
    await rm(join(folder, 'config'), { recursive: true });
    await writeFile(join(folder, 'config'), 'a file where the folder should be');
    expect(await sentence({ ...existing, wanted })).toMatch(
      /cannot be read \(ENOTDIR\); check that .*\.\n {2}The database is sealed with key local_0011223344556677\.$/,
    );
  });

  test('unless it holds the wanted key', async () => {
    await put(good());
    const { kekId } = await openKeyFile(path, existing);
    await expect(openKeyFile(path, { ...existing, wanted: kekId })).resolves.toMatchObject({ kekId });
  });

  test('without telling its content', async () => {
    const strange = `fake-token-${randomBytes(8).toString('hex')}`;
    await put(strange);
    expect(await sentence()).not.toContain(strange);
  });
});
