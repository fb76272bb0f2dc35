import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  makeFolders,
  problemOfFolderOf,
  problemOfPrivatePlace,
  type RandomBytes,
  systemCode,
  WritError,
} from '@writ/core';
import { KEY_BYTES, LocalKey } from './local-key.ts';
import { lostKey, unusableKeyFile } from './wanted-key.ts';

/** The options for opening a key file. */
export interface KeyFileOptions {
  /** True only while the database holds nothing sealed: a new key could not open it. */
  readonly mayCreate: boolean;
  readonly randomBytes: RandomBytes;
  /** The key id that the database remembers; absent if it remembers none. */
  readonly wanted?: string;
}

/**
 * Opens the key-encryption key: a file of 32 random bytes in base64, mode 600, owned by this user or root (model#key-file).
 * A missing one is made when `mayCreate`. Throws `unavailable` with a sentence that says what, where and what to do; where the wanted
 * key is not in the file, paragraphs follow that say what is lost without it.
 */
export async function openKeyFile(path: string, options: KeyFileOptions): Promise<LocalKey> {
  const { wanted } = options;
  let handle = await openIfThere(path, wanted);
  if (!handle) {
    if (!options.mayCreate) throw lostKey({ problem: `There is no key file at ${path}`, wanted });
    await createKeyFile(path, options.randomBytes);
    handle = await openIfThere(path, wanted);
    if (!handle) throw refuse(`The key file ${path} could not be made; check its folder.`);
  }
  try {
    await checkPlace(path, handle, wanted);
    const key = await readKey(path, handle, options);
    if (wanted !== undefined && wanted !== key.kekId)
      throw lostKey({ problem: `The key file ${path} holds another key, ${key.kekId}`, wanted });
    return key;
  } finally {
    await handle.close();
  }
}

/** Returns the path at which a key stays once another has taken its place in `path`. */
export async function replacedKeyFile(path: string, kekId: string): Promise<string> {
  return `${await realpath(path).catch(() => path)}.${kekId}`;
}

/** Returns the path of the next key, which waits there until the database is sealed with it. */
export async function nextKeyFile(path: string): Promise<string> {
  return `${await realpath(path).catch(() => path)}.new`;
}

/**
 * Replaces the key at `path` by the next key beside it. The old one stays beside it, named by its id: it opens older copies of the
 * database. May be repeated after an interruption. Throws `unavailable`.
 */
export async function takeNextKeyFile(path: string, oldKekId: string): Promise<string> {
  const next = await nextKeyFile(path);
  const place = next.slice(0, -'.new'.length);
  const old = await replacedKeyFile(path, oldKekId);
  try {
    await linkOnce(place, old);
    await rename(next, place);
    await syncFolder(dirname(place));
    return old;
  } catch (error) {
    throw refuse(
      `The database is sealed with the new key, but ${next} could not be moved to ${place} (${systemCode(error) ?? 'unknown error'}); move it there.`,
    );
  }
}

function refuse(detail: string): WritError {
  return new WritError('unavailable', { detail });
}

async function openIfThere(path: string, wanted: string | undefined): Promise<FileHandle | undefined> {
  try {
    // Non-blocking, so that a named pipe at this path cannot block the start.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    const code = systemCode(error) ?? 'unknown error';
    throw unusableKeyFile({
      problem: `The key file ${path} cannot be read (${code})`,
      remedy: 'check that this user owns it and its folder',
      wanted,
    });
  }
}

/** Checks the opened file itself, not its name, and who could replace it. A symbolic link is followed. */
async function checkPlace(path: string, handle: FileHandle, wanted: string | undefined): Promise<void> {
  const user = process.getuid?.();
  const found = await handle.stat();
  if (!found.isFile()) throw lostKey({ problem: `The key file ${path} is not a file`, wanted });
  const wrong = problemOfPrivatePlace(found, { what: 'The key file', path, user });
  if (wrong !== undefined) throw unusableKeyFile({ problem: wrong, wanted });
  for (const folder of new Set([dirname(path), dirname(await realpath(path))])) {
    const problem = problemOfFolderOf('the key file', await stat(folder), { path: folder, user });
    if (problem !== undefined) throw unusableKeyFile({ problem, wanted });
  }
}

async function readKey(path: string, handle: FileHandle, options: KeyFileOptions): Promise<LocalKey> {
  const text = Buffer.alloc(1024);
  const { bytesRead } = await handle.read(text, 0, text.length, 0);
  const bytes = decode(path, text.toString('latin1', 0, bytesRead), options.wanted);
  try {
    return new LocalKey(bytes, options);
  } finally {
    bytes.fill(0);
    text.fill(0);
  }
}

/** Reads the key from the file's text. The error sentences tell nothing of its content, which may be another secret. */
function decode(path: string, text: string, wanted: string | undefined): Buffer {
  const problem = (what: string): WritError => lostKey({ problem: `The key file ${path} ${what}`, wanted });
  const line = text.replace(/\r?\n$/, '');
  if (line === '') throw problem('is empty');
  const bytes = Buffer.from(line, 'base64');
  if (bytes.toString('base64') !== line) throw problem('is not base64, or not all of it is there');
  if (bytes.length !== KEY_BYTES) throw problem(`holds ${bytes.length} bytes where a key has ${KEY_BYTES}`);
  // 32 random bytes have fewer than 16 different values about once in 10^15 files: this text was typed by a person.
  if (new Set(bytes).size < 16) throw problem('holds a key that is not random');
  return bytes;
}

async function createKeyFile(path: string, randomBytes: RandomBytes): Promise<void> {
  const folder = dirname(path);
  const bytes = Uint8Array.from(randomBytes(KEY_BYTES));
  const temporary = `${path}.${Buffer.from(randomBytes(8)).toString('hex')}.new`;
  try {
    await makeFolders(folder, async (at) => {
      await mkdir(at, { mode: 0o700 });
      await syncFolder(dirname(at));
    });
    await writeDurably(temporary, `${Buffer.from(bytes).toString('base64')}\n`);
    await linkOnce(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    throw refuse(
      `The key file ${path} could not be made (${systemCode(error) ?? 'unknown error'}); check that this user may write to ${folder}.`,
    );
  } finally {
    bytes.fill(0);
    await rm(temporary, { force: true });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a link instead of a rename: a rename would overwrite the key of a broker that starts at the same time, while a link fails, and then
 * the other's key is used.
 */
async function linkOnce(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
