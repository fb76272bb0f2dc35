import { eq, notBetween } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { backup_schedule } from '../schema/index.ts';

/** What is known of the backups that Writ makes by itself. */
export type BackupSchedule = typeof backup_schedule.$inferSelect;

type Organization = Pick<BackupSchedule, 'organization_id'>;

/** Reads what is known; undefined before the first. */
export async function getBackupSchedule(
  db: Db,
  { organization_id }: Organization,
): Promise<BackupSchedule | undefined> {
  const [row] = await db.select().from(backup_schedule).where(eq(backup_schedule.organization_id, organization_id));
  return row;
}

/**
 * Takes the next backup on, where it is due at `now`: then nobody else does before `next_at`. Of several brokers that ask at once, one gets
 * true. `latest`: a turn after that one is nobody's, and the backup is due. `always`: where the caller knows better that it is due. Times in
 * milliseconds.
 */
export async function claimBackup(
  db: Db,
  {
    organization_id,
    now,
    next_at,
    latest,
    always,
  }: Organization & {
    now: number;
    next_at: number;
    latest: number;
    always: boolean;
  },
): Promise<boolean> {
  const taken = await db
    .insert(backup_schedule)
    .values({ organization_id, next_at })
    .onConflictDoUpdate({
      target: backup_schedule.organization_id,
      set: { next_at },
      ...(!always && { setWhere: notBetween(backup_schedule.next_at, now + 1, latest) }),
    })
    .returning({ next_at: backup_schedule.next_at });
  return taken.length > 0;
}

/** Keeps what became of a backup that was taken on, and when the next one is due. */
export async function keepBackup(
  db: Db,
  { organization_id, ...outcome }: Organization & Omit<Partial<BackupSchedule>, 'organization_id'>,
): Promise<void> {
  await db.update(backup_schedule).set(outcome).where(eq(backup_schedule.organization_id, organization_id));
}
