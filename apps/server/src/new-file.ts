import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { systemCode, systemReason } from '@writ/core';
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
 * Writes a file that only its owner may read, line by line, compressed where its name ends in `.gz`. It has its name only when all of it is
 * on the disk, and never takes the place of another. Throws a `StartError`, or what the lines throw; then there is no such file.
 */
export async function writeNewFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    const text = Readable.from(broken(lines));
    const target = file.createWriteStream({ flush: true });
    if (path.endsWith('.gz')) await pipeline(text, createGzip(), target);
    else await pipeline(text, target);
    await nameOnce(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw systemCode(error) === undefined ? error : cannotWrite(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function* broken(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
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
