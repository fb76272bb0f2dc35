import type { OutputOf } from '@writ/api';
import { claimBackup, getBackupSchedule, isSetUp, keepBackup } from '@writ/store';
import type { Ctx, SystemActor } from '../context.ts';
import { timeOut } from '../page.ts';
import { type Backup, backUp } from './backup.ts';

const HOUR = 3600_000;
/** A backup is made once a day, and one that failed is tried again after an hour. In milliseconds. */
const DAILY = 24 * HOUR;
/** For how long a backup may be under way before another broker takes it on: the one that began may have died. */
const TAKEN = 6 * HOUR;

/** Where scheduled backups go. */
export interface BackupPlace {
  /** When the newest that Writ made there by itself before that moment was made, in milliseconds; undefined where there is none. */
  newest(before: number): Promise<number | undefined>;
  /** Keeps a backup, and removes the oldest. Throws where it cannot be written; then nothing of it is left. */
  keep(backup: Backup): Promise<{ readonly file: string; readonly bytes: number; readonly same_disk: boolean | null }>;
  /** The sentence of what `keep` or `newest` threw. */
  explain(error: unknown): string;
}

/**
 * Makes a backup where one is due: on the embedded database when the folder has none of the last day; on Postgres one broker makes it for
 * all. What fails is logged with a sentence, and tried again in an hour.
 */
export async function tendBackups(ctx: Ctx<SystemActor>, place: BackupPlace): Promise<void> {
  const { organization_id, store, log } = ctx;
  const now = ctx.now();
  const schedule = await getBackupSchedule(store.db, ctx);
  const { failure: failed = null, next_at = now } = schedule ?? {};
  // A turn that is further away was set under a clock that was wrong, here and in `claimBackup`.
  const isWaiting = failed !== null && now < next_at && next_at <= now + HOUR;
  if (isWaiting || !(await isSetUp(store.db, ctx))) return;
  try {
    const isEmbedded = store.kind === 'embedded';
    if (isEmbedded) {
      // A file from the future was made under a clock that was wrong, and says nothing of the last day.
      const newest = await place.newest(now + DAILY);
      if (newest !== undefined && now - newest < DAILY) return;
    }
    if (
      !(await claimBackup(store.db, {
        organization_id,
        now,
        next_at: now + TAKEN,
        latest: now + DAILY,
        always: isEmbedded,
      }))
    )
      return;
    const kept = await place.keep(await backUp(ctx));
    await keepBackup(store.db, { organization_id, ...kept, made_at: now, next_at: now + DAILY, failure: null });
    log.info('backup_made', { place: kept.file, duration_ms: ctx.now() - now });
  } catch (error) {
    // The broker stops: its next start makes the backup.
    if (error instanceof Error && error.name === 'AbortError') return;
    const failure = place.explain(error);
    log.warn('backup_failed', { reason: `${failure} It is tried again in an hour.` });
    await claimBackup(store.db, { organization_id, now, next_at: ctx.now() + HOUR, latest: now + DAILY, always: true });
    await keepBackup(store.db, { organization_id, failure });
  }
}

/** Tells of the backups that Writ makes by itself. */
export async function getBackups(ctx: Ctx): Promise<OutputOf<'backup.get'>> {
  const row = await getBackupSchedule(ctx.store.db, ctx);
  const { made_at = null, file = null, bytes = null, same_disk = null, failure = null } = row ?? {};
  const isMade = made_at !== null && file !== null && bytes !== null;
  return {
    folder: ctx.config.backupDir ?? null,
    last: isMade ? { at: timeOut(made_at), file, bytes, same_disk } : null,
    failure,
  };
}
