import { type DataHeader, type DataRow, type RandomBytes, VERSION, WritError, writeDataFile } from '@writ/core';
import { DEFAULT_ORGANIZATION, openAuditLog, type Store, takeSnapshot } from '@writ/store';
import type { LocalKey } from '@writ/vault';
import type { BrokerEvent } from '../event.ts';
import { outlivingKeys } from '../keys/outliving.ts';
import type { Backup } from './backup.ts';
import type { NewFileKey } from './file-key.ts';
import { rewrapRows, withKept } from './rewrap-rows.ts';

/** What is exported, and for whom. `now` in milliseconds since 1970. */
export interface Export {
  readonly store: Store;
  /** With secrets: the key that they are sealed with, and the file's, which they will be sealed with there. */
  readonly secrets?: { readonly from: LocalKey; readonly to: NewFileKey };
  readonly now: () => number;
  readonly randomBytes: RandomBytes;
}

const organization_id = DEFAULT_ORGANIZATION;

/**
 * Exports the database, readable, at one moment; first of all the log says so. Without secrets no key is needed, and none is in it. With
 * them it is as good as the database and its key file for whoever opens it. Throws `unavailable`, `conflict`, `validation_failed`.
 */
export async function exportData({ store, secrets, now, randomBytes }: Export): Promise<Backup> {
  await record(store, secrets);
  const view = secrets === undefined ? 'without_secrets' : 'marked';
  const { rows, kek_id, ...moment } = await takeSnapshot(store, { organization_id, view });
  const made_at = now();
  const header: Omit<DataHeader, 'writ_data'> = {
    kind: 'export',
    version: VERSION,
    made_at: new Date(made_at).toISOString(),
    ...moment,
    kek_id: secrets?.to.key.kekId ?? null,
    ...(secrets !== undefined && { file_key: secrets.to.wrapped }),
  };
  if (secrets === undefined) return { header, lines: writeDataFile(header, rows(), undefined) };
  const { from, to } = secrets;
  if (kek_id !== from.kekId) throw new WritError('unavailable', { detail: 'The key-encryption key was replaced.' });
  const keys = { organization_id, from, to: to.key };
  const kept = await outlivingKeys({ ...keys, randomBytes, now: made_at });
  const all: AsyncIterable<DataRow> = withKept(rewrapRows(rows(), keys), kept);
  return { header, lines: writeDataFile(header, all, to.key.deriveKey('backup')) };
}

async function record(store: Store, secrets: Export['secrets']): Promise<void> {
  const log = openAuditLog(store, { organization_id });
  const data = { secrets: secrets?.to.wrapped.by ?? 'left_out' };
  const event: BrokerEvent = { kind: 'database.exported', actor: 'system', data };
  await log.append(event);
  await log.drain();
}
