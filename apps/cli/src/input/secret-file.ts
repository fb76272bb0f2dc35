import { open, rm } from 'node:fs/promises';
import { Secret } from '@writ/core';
import { readPrivateFile } from './private-file.ts';

/**
 * Makes a file that only its owner can read, before there is anything to write to it: so a file that exists, or a folder that cannot be
 * written, is noticed before anything has happened. Removes it again where `work` throws.
 */
export async function withNewSecretFile<T>(
  path: string | undefined,
  work: (keep: (secret: Secret) => Promise<void>) => Promise<T>,
): Promise<T> {
  if (path === undefined) return await work(async () => undefined);
  const file = await open(path, 'wx', 0o600);
  try {
    return await work(async (secret) => file.writeFile(`${secret.expose()}\n`));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Reads a secret from a file: its first line. Throws a `Failure` for a file that others can read. */
export async function readSecretFile(path: string): Promise<Secret> {
  const [line = ''] = (await readPrivateFile(path, 'The file')).split(/\r?\n/, 1);
  return new Secret(line.trim(), 'file');
}
