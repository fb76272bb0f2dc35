import { type DataHeader, VERSION, WritError, writeDataFile } from '@writ/core';
import { takeSnapshot } from '@writ/store';
import { record } from '../audit/record.ts';
import type { Ctx } from '../context.ts';

/** A backup that is being read: its header, and its lines without line breaks, the header first. */
export interface Backup {
  readonly header: Omit<DataHeader, 'writ_data'>;
  readonly lines: AsyncIterable<string>;
}

/**
 * Makes a backup: all that the database holds at one moment, sealed as it is. The event of this backup is in it. Only the holder of the key
 * file can make another file that is taken for one (see `restoreBackup`). Throws `unavailable`, `conflict`.
 */
export async function backUp(ctx: Ctx): Promise<Backup> {
  await record(ctx, { kind: 'database.backed_up' });
  const { rows, kek_id, ...moment } = await takeSnapshot(ctx.store, ctx);
  if (kek_id !== ctx.kek_id) throw new WritError('unavailable', { detail: 'The key-encryption key was replaced.' });
  const header = {
    kind: 'backup' as const,
    version: VERSION,
    made_at: new Date(ctx.now()).toISOString(),
    ...moment,
    kek_id,
  };
  return { header, lines: writeDataFile(header, rows(), ctx.deriveKey('backup')) };
}

/** How a backup's file is called: when it was made, and where the log ended. Such names are in the order of time. */
export function backupName({ made_at, log }: Backup['header']): string {
  const moment = made_at.replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return `writ-${moment}-${log.seq}-${log.hash.slice(0, 12)}.ndjson.gz`;
}
