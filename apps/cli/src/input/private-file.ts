import { open, stat } from 'node:fs/promises';
import { problemOfPrivatePlace } from '@writ/core';
import { EXIT, Failure } from '../failure.ts';

/**
 * Reads a file that holds a secret; `what` begins the sentence about it: `The client key`. Throws a `Failure` for a file that other
 * users can read or change, and the system's own error for one that cannot be read. A pipe is nobody else's.
 */
export async function readPrivateFile(path: string, what: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const found = await file.stat();
    const problem = found.isFile() ? problemOfPrivatePlace(found, { what, path, user: process.getuid?.() }) : undefined;
    if (problem === undefined) return await file.readFile('utf8');
    throw new Failure(EXIT.failed, problem, { lines: ['Replace what it holds if somebody may have read it.'] });
  } finally {
    await file.close();
  }
}

/** The problem with a file of a secret that is only checked; undefined where there is none, or no file. */
export async function placeProblem(path: string, what: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && problemOfPrivatePlace(found, { what, path, user: process.getuid?.() });
}
