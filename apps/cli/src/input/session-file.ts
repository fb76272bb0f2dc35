import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, makeFolders, parseJsonStrictly, Secret, systemCode } from '@writ/core';
import { readPrivateFile } from './private-file.ts';

/** Sessions by broker URL, and the broker last signed in at. */
export interface StoredSessions {
  readonly current?: string;
  readonly sessions: Readonly<Record<string, Secret>>;
}

const NONE: StoredSessions = { sessions: {} };

const fileOf = (configDir: string): string => join(configDir, 'sessions.json');

/** Reads the stored sessions; none where there is no file. Refuses a file that other users can read. */
export async function readSessions(configDir: string): Promise<StoredSessions> {
  try {
    return parse(await readPrivateFile(fileOf(configDir), 'The file of stored sessions'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return NONE;
    throw error;
  }
}

/** Keeps a session for a broker, or forgets it where none is given. The file is mode 600 from its first byte. */
export async function keepSession(
  configDir: string,
  at: { readonly url: string; readonly session?: Secret },
): Promise<void> {
  const stored = await readSessions(configDir);
  const sessions = Object.fromEntries(Object.entries(stored.sessions).filter(([url]) => url !== at.url));
  if (at.session !== undefined) sessions[at.url] = at.session;
  const plain = Object.fromEntries(Object.entries(sessions).map(([url, session]) => [url, session.expose()]));
  const current = at.session === undefined ? stored.current : at.url;
  await writePrivate(fileOf(configDir), `${JSON.stringify({ current, sessions: plain }, null, 2)}\n`);
}

/** Writes a file that only its owner can read, whole or not at all. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await makeFolders(dirname(path), (folder) => mkdir(folder, { mode: 0o700 }));
  const aside = `${path}.${process.pid}.new`;
  await writeFile(aside, text, { mode: 0o600, flag: 'w' });
  await chmod(aside, 0o600);
  await rename(aside, path);
}

function parse(text: string): StoredSessions {
  let value: unknown;
  try {
    value = parseJsonStrictly(text);
  } catch {
    return NONE;
  }
  if (!isJsonObject(value) || !isJsonObject(value['sessions'])) return NONE;
  const entries = Object.entries(value['sessions']).flatMap(([url, session]) =>
    typeof session === 'string' ? [[url, new Secret(session, 'session')] as const] : [],
  );
  const { current } = value;
  const sessions = Object.fromEntries(entries);
  return typeof current === 'string' ? { current, sessions } : { sessions };
}
