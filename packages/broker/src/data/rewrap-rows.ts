import { type DataRow, isJsonObject, type JsonObject, WritError } from '@writ/core';
import type { KeptKey } from '@writ/store';
import { type LocalKey, type RewrapContext, rewrap } from '@writ/vault';

/** The two keys between which rows go. */
export interface Rewrap {
  readonly organization_id: string;
  readonly from: LocalKey;
  readonly to: LocalKey;
}

/** The column of a table that is sealed, and what it is sealed to. */
interface SealedColumn {
  readonly column: string;
  readonly contextOf: (row: JsonObject, organization_id: string) => RewrapContext;
}

const signingKey: SealedColumn = {
  column: 'sealed_private',
  contextOf: (row, organization_id) => ({ signing_key: { organization_id, kid: String(row['kid']) } }),
};

const SEALED: Readonly<Record<string, SealedColumn>> = {
  credentials: {
    column: 'sealed',
    contextOf: (row, organization_id) => ({
      credential: {
        organization_id,
        connection_id: String(row['connection_id']),
        credential_id: String(row['id']),
        origin: String(row['origin']),
        version: Number(row['version']),
      },
    }),
  },
  signing_keys: signingKey,
  checkpoint_keys: signingKey,
  kept_keys: {
    column: 'sealed',
    contextOf: (row, organization_id) => ({
      kept_key: { organization_id, kek_id: String(row['kek_id']), purpose: String(row['purpose']) },
    }),
  },
  notifications: {
    column: 'sealed',
    contextOf: (row, organization_id) => ({ notification: { organization_id, id: String(row['id']) } }),
  },
  kept_bodies: {
    column: 'sealed',
    contextOf: (row, organization_id) => ({
      kept_body: { organization_id, id: String(row['id']), part: row['part'] === 'answer' ? 'answer' : 'request' },
    }),
  },
};

/**
 * Wraps the data keys of rows with another key-encryption key. No secret is opened: each stays encrypted as it was. Throws
 * `validation_failed` with a sentence for a row that does not open.
 */
export async function* rewrapRows(rows: AsyncIterable<DataRow>, keys: Rewrap): AsyncGenerator<DataRow> {
  for await (const row of rows) {
    const sealed = SEALED[row.table];
    yield sealed === undefined ? row : { table: row.table, row: await rewrapped(row, sealed, keys) };
  }
}

async function rewrapped(
  { table, row }: DataRow,
  { column, contextOf }: SealedColumn,
  { organization_id, from, to }: Rewrap,
): Promise<string> {
  // These tables have no number that JavaScript would change.
  const value = objectOf({ table, row });
  if (value[column] === null) return row;
  try {
    const sealed = await rewrap(value[column], { context: contextOf(value, organization_id), from, to });
    return JSON.stringify({ ...value, [column]: sealed });
  } catch (cause) {
    throw new WritError('validation_failed', {
      detail: `A secret in the table ${table} does not open with the key ${from.kekId}: its row was changed, or belongs to another database.`,
      cause,
    });
  }
}

/** Adds keys that are kept from now on before those that were kept earlier, which they replace. */
export async function* withKept(rows: AsyncIterable<DataRow>, kept: readonly KeptKey[]): AsyncGenerator<DataRow> {
  const ids = new Set(kept.map(({ kek_id }) => kek_id));
  let before = '';
  for await (const row of rows) {
    if (before === 'vault_keys' && row.table !== before) yield* kept.map(keptRow);
    before = row.table;
    if (row.table === 'kept_keys' && ids.has(keyIdOf(row))) continue;
    yield row;
  }
}

function keptRow({ kept_at, ...row }: KeptKey): DataRow {
  return { table: 'kept_keys', row: JSON.stringify({ ...row, kept_at: new Date(kept_at).toISOString() }) };
}

function keyIdOf(row: DataRow): string {
  return String(objectOf(row)['kek_id']);
}

/** The columns of a row. Throws `WritError` (`validation_failed`) where it is not one JSON object. */
export function objectOf({ table, row }: DataRow): JsonObject {
  const refuse = (cause?: unknown): WritError =>
    new WritError('validation_failed', { detail: `A row of the table ${table} is not one that Writ writes.`, cause });
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (cause) {
    throw refuse(cause);
  }
  if (!isJsonObject(value)) throw refuse();
  return value;
}
