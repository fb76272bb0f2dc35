import {
  type DataHeader,
  type DataRow,
  type FileKey,
  isJsonObject,
  openDataFile,
  verifyDataFile,
  WritError,
} from '@writ/core';
import { DEFAULT_ORGANIZATION, type Driver, refuseUsedDatabase } from '@writ/store';
import type { LocalKey } from '@writ/vault';
import { loadInto, type Restored } from './restore.ts';
import { objectOf, rewrapRows } from './rewrap-rows.ts';

/** An export, and where it goes. `now` in milliseconds since 1970. */
export interface Import {
  /** The lines of the file, from its beginning each time. */
  readonly lines: () => AsyncIterable<string>;
  /** Opens the key of a file with secrets. */
  readonly openFileKey: (file: FileKey) => Promise<LocalKey>;
  /** Opens the empty database. Called when the file has been found whole. */
  readonly open: () => Promise<Driver>;
  /** Opens the key file of the new place, or makes it. Called when the place has been found empty. */
  readonly openKey: () => Promise<LocalKey>;
  readonly now: () => number;
}

/** What was imported; and, of an export without secrets, what has to be given a new one. */
export interface Imported extends Restored {
  readonly missing: Missing;
}

/** Whatever lost its secret: e-mail addresses of owners, slugs of connections, ids of clients. */
export interface Missing {
  readonly owners: readonly string[];
  readonly connections: readonly string[];
  readonly clients: readonly string[];
}

/**
 * Imports an export into an empty database; every secret in it is sealed with the key of the new place. The file is read twice: to its end
 * before anything is written, then into one transaction. What ends with a restore ends here too. Throws `validation_failed` for a file that
 * is not whole, no export or not to be opened, `conflict` where the database is not empty, `unavailable`; then nothing was written.
 */
export async function importData({ lines, openFileKey, open, openKey, now }: Import): Promise<Imported> {
  const first = await openDataFile(lines());
  const from = await fileKeyOf(first.header, openFileKey);
  const mac = from?.deriveKey('backup');
  const checked = await verifyDataFile(first, mac);
  const driver = await open();
  const to = await keyOfPlace(driver, openKey);
  const { header, rows } = await openDataFile(lines());
  const missing = { owners: new Set<string>(), connections: new Set<string>(), clients: new Set<string>() };
  const keys = { organization_id: DEFAULT_ORGANIZATION, to };
  const all = rows(mac, checked);
  const loaded = from === undefined ? noting(all, missing) : rewrapRows(all, { ...keys, from });
  const ended = await loadInto(driver, {
    header,
    rows: loaded,
    kek_id: to.kekId,
    now: now(),
    kind: 'database.imported',
  });
  const { owners, connections, clients } = missing;
  return { header, ended, missing: { owners: [...owners], connections: [...connections], clients: [...clients] } };
}

async function fileKeyOf(
  { kind, kek_id, file_key }: DataHeader,
  open: Import['openFileKey'],
): Promise<LocalKey | undefined> {
  if (kind !== 'export') throw refusal('This file is a backup, not an export: use `writ restore`.');
  const key = file_key && (await open(file_key));
  if ((key?.kekId ?? null) === kek_id) return key;
  throw refusal('The header of this file was changed: it names another key than it holds.');
}

async function keyOfPlace(driver: Driver, openKey: Import['openKey']): Promise<LocalKey> {
  try {
    await refuseUsedDatabase(driver);
    return await openKey();
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** Passes rows on, and notes what in them needs a new secret. */
async function* noting(
  rows: AsyncIterable<DataRow>,
  missing: Readonly<Record<keyof Missing, Set<string>>>,
): AsyncGenerator<DataRow> {
  for await (const row of rows) {
    if (['users', 'connections', 'clients'].includes(row.table)) note(row, missing);
    yield row;
  }
}

function note({ table, row }: DataRow, missing: Readonly<Record<keyof Missing, Set<string>>>): void {
  const value = objectOf({ table, row });
  if (value['deleted_at'] !== null) return;
  if (table === 'users' && value['role'] === 'owner') missing.owners.add(String(value['email']));
  if (table === 'connections') missing.connections.add(String(value['slug']));
  const { auth } = value;
  if (table === 'clients' && isJsonObject(auth) && auth['method'] === 'client_secret_basic')
    missing.clients.add(String(value['client_id']));
}

function refusal(detail: string): WritError {
  return new WritError('validation_failed', { detail });
}
