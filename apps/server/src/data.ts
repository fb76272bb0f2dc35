import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Export,
  exportData,
  type FileSecret,
  type Imported,
  importData,
  newFileKey,
  openFileKey,
} from '@writ/broker';
import {
  counted,
  defined,
  type FileKey,
  inert,
  passwordProblem,
  problemOfPrivatePlace,
  Secret,
  systemReason,
  WritError,
} from '@writ/core';
import {
  currentVaultKey,
  DEFAULT_ORGANIZATION,
  openDriver,
  openStore,
  refuseEmptyDatabase,
  type Store,
} from '@writ/store';
import { openKeyFile } from '@writ/vault';
import { placeOf } from './compose.ts';
import type { ServerConfig } from './config.ts';
import { openLines } from './data-file.ts';
import type { AdminOptions } from './key-file.ts';
import { refuseExisting, writeNewFile } from './new-file.ts';
import { StartError } from './start-error.ts';

/** What `data export` is told. */
export interface ExportOrder {
  readonly file: string;
  readonly withSecrets: boolean;
  /** A public key in PEM; without one a passphrase is read from standard input. */
  readonly recipient?: string;
}

/**
 * `data export FILE`: writes all that there is into a new file that people and other programs can read. Throws a `StartError`; then there
 * is no such file.
 */
export async function exportFile(order: ExportOrder, { config, print, onLost }: AdminOptions): Promise<void> {
  const { file } = order;
  await explaining(`Nothing was exported to ${file}.`, async () => {
    await refuseExisting(file);
    const secret = order.withSecrets ? await secretOf(order) : undefined;
    refuseNoDatabase(config);
    const store = await openStore({ ...placeOf(config), now: Date.now, onLost, before: refuseEmptyDatabase });
    try {
      const secrets = secret && (await secretsOf(secret, { store, config }));
      const { header, lines } = await exportData({ store, now: Date.now, randomBytes, ...defined({ secrets }) });
      await writeNewFile(file, lines);
      print(exported(file, { seq: header.log.seq, isSealed: secret !== undefined }));
    } finally {
      await store.close();
    }
  });
}

/** What `data import` is told. */
export interface ImportOrder {
  readonly file: string;
  /** A private key in PEM; without one a passphrase is read from standard input, where the file needs one. */
  readonly identity?: string;
}

/** `data import FILE`: puts an export into an empty place. Throws a `StartError` with a sentence; then nothing was written. */
export async function importFile({ file, identity }: ImportOrder, options: AdminOptions): Promise<void> {
  const { config, print, onLost } = options;
  await explaining(`${file} was not imported.`, async () => {
    const lines = await openLines(file);
    const openKey = () => openKeyFile(config.keyFile, { mayCreate: true, randomBytes });
    let isSealed = false;
    const imported = await importData({
      lines,
      openFileKey: async (wrapped) => {
        isSealed = true;
        return openFileKey(wrapped, await identityOf(wrapped, identity), randomBytes);
      },
      open: async () => {
        if (identity !== undefined && !isSealed) throw nothingSealed(file);
        // A key file that cannot be used is noticed before a database is made.
        if (existsSync(config.keyFile)) await openKey();
        return await openDriver({ ...placeOf(config), now: Date.now, onLost });
      },
      openKey,
      now: Date.now,
    });
    print(report(imported, config));
  });
}

/** An export with secrets can be made into one without, so who expects secrets is told. */
function nothingSealed(file: string): StartError {
  return new StartError(
    `${file} was not imported. No secret is sealed in it, so there is nothing that --identity opens: leave that out if the file was made without secrets; if it was made with them, it was changed.`,
  );
}

/** Runs work; what it refuses begins with this sentence. */
async function explaining(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof WritError)) throw error;
    throw new StartError(`${what} ${error.message}`, { cause: error });
  }
}

/** An embedded database is made where there is none, and an export of it would be of no use. */
function refuseNoDatabase({ databaseUrl, dataDir }: ServerConfig): void {
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'postgres')))
    throw new StartError(`There is no database in ${dataDir}. Set WRIT_DATA_DIR or DATABASE_URL as for the broker.`);
}

async function secretsOf(
  secret: FileSecret,
  { store, config }: { readonly store: Store; readonly config: ServerConfig },
): Promise<NonNullable<Export['secrets']>> {
  const wanted = (await currentVaultKey(store.db, { organization_id: DEFAULT_ORGANIZATION }))?.kek_id;
  const from = await openKeyFile(config.keyFile, { mayCreate: false, randomBytes, ...defined({ wanted }) });
  return { from, to: await newFileKey(secret, randomBytes) };
}

async function secretOf({ recipient }: ExportOrder): Promise<FileSecret> {
  if (recipient !== undefined) return { key: await readKey(recipient) };
  const passphrase = await readPassphrase();
  const problem = passwordProblem(passphrase.expose(), {});
  if (problem !== undefined) throw new StartError(`The passphrase ${problem}.`);
  return { passphrase };
}

async function identityOf({ by }: FileKey, path: string | undefined): Promise<FileSecret> {
  if (path === undefined && by === 'public_key')
    throw new StartError('Its secrets are sealed for a public key: give the private one with --identity FILE.');
  if (path === undefined) return { passphrase: await readPassphrase() };
  return { key: await readKey(path, 'The private key') };
}

/** The longest key in PEM, and the longest passphrase, in bytes. */
const LONGEST_KEY = 64 * 1024;
const LONGEST_PASSPHRASE = 4096;

/** Reads a key in PEM. `secret` names a file that nobody else may read. */
async function readKey(path: string, secret?: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const found = await file.stat();
      const place = { what: secret ?? '', path, user: process.getuid?.() };
      const problem = secret === undefined ? undefined : problemOfPrivatePlace(found, place);
      if (problem !== undefined) throw new StartError(problem);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_KEY));
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw new StartError(`The file ${path} cannot be read: ${systemReason(cause)}.`, { cause });
  }
}

/** Reads the first line of standard input: an argument or a setting would be seen by every other process. */
async function readPassphrase(): Promise<Secret> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n') || text.length > LONGEST_PASSPHRASE) break;
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new StartError('A passphrase is needed: give it as the first line of standard input.');
  return new Secret(line, 'passphrase');
}

function exported(file: string, { seq, isSealed }: { readonly seq: number; readonly isSealed: boolean }): string {
  const what = isSealed
    ? 'A person who has this file and can open its secrets has every root credential:\nkeep it as you keep the key file.'
    : 'No secret is in it: no root credential, key, password, client secret or session.';
  return `Exported to ${file}: all that there is,\nup to entry ${seq} of the audit log.\n${what}`;
}

function report({ header, ended, missing }: Imported, { databaseUrl, dataDir, keyFile }: ServerConfig): string {
  const { sessions, links, tokens } = ended;
  const { owners, connections, clients } = missing;
  const place = databaseUrl === undefined ? dataDir : 'Postgres';
  const lines = [
    `Imported into ${place}: all that there was on ${header.made_at},`,
    `up to entry ${header.log.seq} of the audit log.`,
    `It is sealed with the key in ${keyFile}:`,
    'keep a copy of that file somewhere else.',
    `What was valid then has ended: ${counted(sessions, 'session', 'sessions')}, ${counted(links, 'one-time link', 'one-time links')}, ${counted(tokens, 'access token', 'access tokens')}.`,
  ];
  if (header.file_key?.by !== 'passphrase')
    lines.push(
      'Nothing in such a file shows who made it. Unless it came by a way you trust,',
      'start the broker and look over what came with it before others use it:',
      'writ user list, writ client list, writ grant list, writ connections list.',
    );
  if (header.file_key !== undefined) return lines.join('\n');
  return [
    ...lines,
    '',
    'No secret was in the file, so these need a new one:',
    ...owners.map((email) => `  writ user reset ${inert(email)} --local`),
    ...connections.map((slug) => `  writ connections credential ${inert(slug)}`),
    ...clients.map((id) => `  writ client rotate-secret ${inert(id)}`),
  ].join('\n');
}
