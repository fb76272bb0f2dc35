import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { chunksOf, defined, systemCode, systemReason } from '@writ/core';
import { StartError } from './start-error.ts';

/** Throws a `StartError` where there is something at the path already. */
export async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw cannotWrite(path, cause);
  });
  if (found !== undefined) throw exists(path);
}

/**
 * Writes a file that only its owner may read, compressed where its name ends in `.gz`. Throws a `StartError`, or what the lines throw; then
 * there is no such file.
 */
export async function writeNewFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  try {
    await writeOnce(path, lines, { temporary: `${path}.${randomBytes(6).toString('hex')}.part` });
  } catch (error) {
    throw systemCode(error) === undefined ? error : cannotWrite(path, error);
  }
}

/** Where a file is written first, in the same folder; and what breaks the writing off. */
interface WriteOnce {
  readonly temporary: string;
  readonly signal?: AbortSignal;
}

/**
 * The same. The file has its name only when all of it is on the disk, and never takes the place of another. Throws the system's own error, a
 * `StartError` where the name is taken, or what the lines throw.
 */
export async function writeOnce(
  path: string,
  lines: AsyncIterable<string>,
  { temporary, signal }: WriteOnce,
): Promise<void> {
  try {
    const target = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
    const breaking = defined({ signal });
    if (path.endsWith('.gz')) await pipeline(chunksOf(lines), createGzip(), target, breaking);
    else await pipeline(chunksOf(lines), target, breaking);
    await nameOnce(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** File systems without links, such as those of memory sticks. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** By a link, which fails where there is a file already: a rename would take its place. */
async function nameOnce(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EEXIST') throw exists(path);
    if (!NO_LINKS.includes(code)) throw error;
    await refuseExisting(path);
    await rename(temporary, path);
  }
}

/** A new name is only sure to be there after a loss of power when its folder was written too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function exists(path: string): StartError {
  return new StartError(
    `There is a file ${path} already, and nothing is ever put over what is there. Give another name.`,
  );
}

function cannotWrite(path: string, cause: unknown): StartError {
  return new StartError(`The file ${path} cannot be written: ${systemReason(cause)}.`, { cause });
}
