import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { linesOf, systemCode, systemReason, WritError } from '@writ/core';
import { StartError } from './start-error.ts';

/** How a gzip file begins (RFC 1952 section 2.3.1). */
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Reads a data file line by line, compressed or not, from its beginning each time it is called. Throws a `StartError` where the file is not
 * there or cannot be read. The lines throw `WritError` (`validation_failed`) where the file is cut off or damaged.
 */
export async function openLines(path: string): Promise<() => AsyncGenerator<string>> {
  const isCompressed = await beginsWith(path, GZIP);
  return async function* () {
    const file = createReadStream(path);
    // Errors of either stream reach the reader by the last one.
    const bytes = isCompressed ? pipeline(file, createGunzip(), () => undefined) : file;
    try {
      yield* linesOf(bytes, damaged);
    } catch (error) {
      if (isOfZlib(error)) throw damaged();
      throw error;
    } finally {
      file.destroy();
    }
  };
}

async function beginsWith(path: string, magic: Buffer): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer } = await file.read(Buffer.alloc(magic.length), 0, magic.length, null);
      return buffer.equals(magic);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new StartError(`The file ${path} cannot be read: ${systemReason(cause)}.`, { cause });
  }
}

function isOfZlib(error: unknown): boolean {
  return systemCode(error)?.startsWith('Z_') === true;
}

function damaged(): WritError {
  return new WritError('validation_failed', {
    detail: 'This file was cut off or damaged: its bytes do not end as they should.',
  });
}
