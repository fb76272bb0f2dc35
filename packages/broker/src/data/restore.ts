import { type DataHeader, type DataRow, defined, openDataFile, verifyDataFile, WritError } from '@writ/core';
import { DEFAULT_ORGANIZATION, type Driver, type Ended, loadData } from '@writ/store';
import type { LocalKey } from '@writ/vault';
import type { BrokerEvent } from '../event.ts';

/** A backup, and where it goes. `now` in milliseconds since 1970. */
export interface Restore {
  /** The lines of the file, from its beginning each time. */
  readonly lines: () => AsyncIterable<string>;
  /** Opens the key-encryption key that the backup was sealed with. Throws where it is not there. */
  readonly openKey: (kek_id: string) => Promise<LocalKey>;
  /** Opens the empty database. Called when the file has been found whole. */
  readonly open: () => Promise<Driver>;
  readonly now: () => number;
  /** The id of a freeze of everything, which an owner lifts; absent for none. */
  readonly freeze?: string;
}

/** What was restored, and what ended with it. */
export interface Restored {
  readonly header: DataHeader;
  readonly ended: Ended;
}

/**
 * Restores a backup into an empty database. The file is read twice: to its end before anything is written, then into one transaction.
 * Sessions, one-time links and access tokens end, for nobody knows what became of them since. Throws `validation_failed` for a file that is
 * not whole or no backup, `conflict` where the database is not empty, `unavailable`; then nothing was written.
 */
export async function restoreBackup({ lines, openKey, open, now, freeze }: Restore): Promise<Restored> {
  const first = await openDataFile(lines());
  const { kind, kek_id } = first.header;
  if (kind !== 'backup' || kek_id === null)
    throw new WritError('validation_failed', {
      detail: 'This file is an export, not a backup: use `writ data import`.',
    });
  const mac = (await openKey(kek_id)).deriveKey('backup');
  const checked = await verifyDataFile(first, mac);
  const { header, rows } = await openDataFile(lines());
  const ended = await loadInto(await open(), {
    header,
    rows: rows(mac, checked),
    kek_id,
    now: now(),
    kind: 'database.restored',
    ...defined({ freeze }),
  });
  return { header, ended };
}

interface LoadInto {
  readonly header: DataHeader;
  readonly rows: AsyncIterable<DataRow>;
  readonly kek_id: string;
  readonly now: number;
  readonly kind: 'database.restored' | 'database.imported';
  readonly freeze?: string;
}

/** Fills the database, records that, and closes it. */
export async function loadInto(driver: Driver, { kind, ...load }: LoadInto): Promise<Ended> {
  const { made_at, log, version } = load.header;
  const event = ({ sessions, links, tokens }: Ended): BrokerEvent => ({
    kind,
    actor: 'system',
    data: {
      made_at,
      by: version,
      log: { ...log },
      sessions_ended: sessions,
      links_ended: links,
      tokens_revoked: tokens,
      ...(load.freeze !== undefined && { freeze_id: load.freeze }),
    },
  });
  try {
    return await loadData(driver, { organization_id: DEFAULT_ORGANIZATION, ...load, event });
  } finally {
    await driver.close();
  }
}
