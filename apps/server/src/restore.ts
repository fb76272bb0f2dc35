import { randomBytes } from 'node:crypto';
import { type Restored, restoreBackup } from '@writ/broker';
import { counted, makeId, WritError } from '@writ/core';
import { openDriver } from '@writ/store';
import { type LocalKey, openKeyFile } from '@writ/vault';
import { placeOf } from './compose.ts';
import type { ServerConfig } from './config.ts';
import { openLines } from './data-file.ts';
import type { AdminOptions } from './key-file.ts';
import { StartError } from './start-error.ts';

/** A backup's file, and whether everything is to be frozen in the place where it goes. */
interface RestoreFile {
  readonly file: string;
  readonly frozen: boolean;
}

/** `restore FILE [--frozen]`: puts a backup into an empty place. Throws a `StartError` with a sentence; then nothing was written. */
export async function restoreFile(
  { file, frozen }: RestoreFile,
  { config, print, onLost }: AdminOptions,
): Promise<void> {
  const lines = await openLines(file);
  try {
    const restored = await restoreBackup({
      lines,
      openKey: (kek_id) => openKeyOf(file, config, kek_id),
      open: () => openDriver({ ...placeOf(config), now: Date.now, onLost }),
      now: Date.now,
      ...(frozen && { freeze: makeId('freeze', { now: Date.now(), randomBytes }) }),
    });
    print(report(restored, { config, frozen }));
  } catch (error) {
    if (!(error instanceof WritError)) throw error;
    throw new StartError(`${file} was not restored. ${error.message}`, { cause: error });
  }
}

/** The key file of the settings, which must be the one that the backup was sealed with. */
async function openKeyOf(file: string, { keyFile }: ServerConfig, kek_id: string): Promise<LocalKey> {
  const key = await openKeyFile(keyFile, { mayCreate: false, randomBytes });
  if (key.kekId === kek_id) return key;
  throw new StartError(
    `${file} was not restored. It was sealed with key ${kek_id}, but ${keyFile} holds ${key.kekId}; point WRIT_KEY_FILE at the key file of the broker that made the backup.`,
  );
}

interface Into {
  readonly config: ServerConfig;
  readonly frozen: boolean;
}

function report({ header, ended }: Restored, { config: { databaseUrl, dataDir }, frozen }: Into): string {
  const { made_at, log } = header;
  const { sessions, links, tokens } = ended;
  return [
    `Restored into ${databaseUrl === undefined ? dataDir : 'Postgres'}: all that there was on ${made_at},`,
    `up to entry ${log.seq} of the audit log.`,
    `What was valid then has ended: ${counted(sessions, 'session', 'sessions')}, ${counted(links, 'one-time link', 'one-time links')}, ${counted(tokens, 'access token', 'access tokens')}.`,
    'Sign in again; agents ask for new tokens.',
    'What was changed after that moment is not in it: a grant, client or user that',
    'was taken away since is there again. Start the broker, and look them over before',
    'others use it: writ user list, writ client list, writ grant list.',
    ...(frozen ? ['Everything is frozen until an owner lifts it: writ freeze list, writ freeze off.'] : []),
  ].join('\n');
}
