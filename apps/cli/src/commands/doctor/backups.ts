import { ApiError } from '@writ/api';
import { counted } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { type Finding, notice, ok, wrong } from './finding.ts';

const HOUR = 3600_000;
/** The age, in milliseconds, from which a daily backup was missed. */
const MISSED = 49 * HOUR;

/** Looks at the backups that the broker makes by itself. Who is no admin is not told of them, nor by an older broker. */
export async function backupFindings(cli: Cli): Promise<Finding[]> {
  const backups = await cli.call('backup.get', {}).catch((error: unknown) => {
    if (error instanceof ApiError && ['forbidden', 'not_found'].includes(error.code)) return undefined;
    throw error;
  });
  if (backups === undefined) return [];
  const { folder, last, failure } = backups;
  const failed = failure === null ? [] : [wrong(failure, 'Put that right; the broker tries again by itself.')];
  if (folder === null && last === null)
    return [notice('The broker makes no backups by itself.', 'Set WRIT_BACKUP_DIR, or make one: writ backup')];
  if (last === null)
    return failure === null ? [notice(`The broker has made no backup in ${folder} yet.`, 'writ backup')] : failed;
  const age = cli.now() - Date.parse(last.at);
  const made = `The last backup that the broker made by itself is ${counted(Math.floor(age / HOUR), 'hour', 'hours')} old: ${last.file}.`;
  return [
    age < MISSED ? ok(made) : wrong(made, "Look at the broker's log for backup_failed, or make one: writ backup"),
    ...(last.same_disk === true
      ? [
          notice(
            'Backups are on the same disk as the database: both are lost together.',
            'Copy them elsewhere, or set WRIT_BACKUP_DIR to a folder on another disk.',
          ),
        ]
      : []),
    ...failed,
  ];
}
