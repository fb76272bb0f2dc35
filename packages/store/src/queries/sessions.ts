import { and, asc, eq, gt, isNull, lt, ne, or, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { sessions, users } from '../schema/index.ts';
import { type Page, type Paging, pageOf } from './page.ts';
import type { User } from './users.ts';

export type Session = typeof sessions.$inferSelect;
export type NewSession = typeof sessions.$inferInsert;

/** What makes a session good now: not revoked, not expired, and seen within what a session of its kind may be unused. */
interface Liveness {
  readonly now: number;
  readonly idle_ms: Readonly<Record<Session['kind'], number>>;
}

const live = ({ now, idle_ms }: Liveness): SQL | undefined =>
  and(
    isNull(sessions.revoked_at),
    gt(sessions.expires_at, now),
    or(
      ...(['browser', 'cli'] as const).map((kind) =>
        and(eq(sessions.kind, kind), gt(sessions.last_seen_at, now - idle_ms[kind])),
      ),
    ),
  );

/** Keeps a session's hash. */
export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx.insert(sessions).values(session);
}

/** The live session of a bearer and its user; undefined when it is revoked, expired, idle too long, or the user was deleted. */
export async function findSession(
  db: Db,
  input: { organization_id: string; token_hash: string } & Liveness,
): Promise<{ readonly session: Session; readonly user: User } | undefined> {
  const { organization_id, token_hash } = input;
  const [found] = await db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, and(eq(users.organization_id, sessions.organization_id), eq(users.id, sessions.user_id)))
    .where(
      and(
        eq(sessions.organization_id, organization_id),
        eq(sessions.token_hash, token_hash),
        live(input),
        isNull(users.deleted_at),
      ),
    );
  return found;
}

/** A user's live session by its id; undefined where there is none. */
export async function getSession(
  db: Db,
  input: { organization_id: string; user_id: string; id: string } & Liveness,
): Promise<Session | undefined> {
  const { organization_id, user_id, id } = input;
  const own = and(eq(sessions.organization_id, organization_id), eq(sessions.user_id, user_id), eq(sessions.id, id));
  const [session] = await db
    .select()
    .from(sessions)
    .where(and(own, live(input)));
  return session;
}

/** Tells whether a session is live, by its id. */
export async function sessionStands(
  db: Db,
  input: { organization_id: string; id: string } & Liveness,
): Promise<boolean> {
  const { organization_id, id } = input;
  const rows = await db
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, and(eq(users.organization_id, sessions.organization_id), eq(users.id, sessions.user_id)))
    .where(
      and(eq(sessions.organization_id, organization_id), eq(sessions.id, id), live(input), isNull(users.deleted_at)),
    );
  return rows.length > 0;
}

/**
 * Tells whether a session was ended, or its user removed or given another role than `role`. Locked until the transaction ends: who ends the
 * session waits for it, or it waits for that and sees it. Not only for reading: many of these end the session itself.
 */
export async function sessionIsOver(
  tx: Tx,
  { organization_id, id, role }: { organization_id: string; id: string; role: User['role'] },
): Promise<boolean> {
  // Judged by what comes back: after it has waited, the condition of a statement is tested on the locked row alone.
  const [found] = await tx
    .select({ revoked_at: sessions.revoked_at, deleted_at: users.deleted_at, role: users.role })
    .from(sessions)
    .innerJoin(users, and(eq(users.organization_id, sessions.organization_id), eq(users.id, sessions.user_id)))
    .where(and(eq(sessions.organization_id, organization_id), eq(sessions.id, id)))
    .for('no key update', { of: sessions });
  return found !== undefined && (found.revoked_at !== null || found.deleted_at !== null || found.role !== role);
}

/** Notes that a live session was used, unless that was noted less than `every_ms` ago. */
export async function touchSession(
  db: Db,
  input: { organization_id: string; id: string; now: number; every_ms: number },
): Promise<void> {
  const { organization_id, id, now, every_ms } = input;
  await db
    .update(sessions)
    .set({ last_seen_at: now })
    .where(
      and(
        eq(sessions.organization_id, organization_id),
        eq(sessions.id, id),
        isNull(sessions.revoked_at),
        gt(sessions.expires_at, now),
        lt(sessions.last_seen_at, now - every_ms),
      ),
    );
}

/** Lists a user's live sessions by id, which is by age. */
export async function listSessions(db: Db, input: Paging & Liveness & { user_id: string }): Promise<Page<Session>> {
  const { organization_id, user_id, after = '', limit } = input;
  const rows = await db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.organization_id, organization_id),
        eq(sessions.user_id, user_id),
        gt(sessions.id, after),
        live(input),
      ),
    )
    .orderBy(asc(sessions.id))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ id }) => id);
}

/** Ends one session of a user; false when there was none to end. */
export async function revokeSession(
  tx: Tx,
  input: { organization_id: string; user_id: string; id: string; now: number },
): Promise<boolean> {
  const { organization_id, user_id, id, now } = input;
  const rows = await tx
    .update(sessions)
    .set({ revoked_at: now })
    .where(
      and(
        eq(sessions.organization_id, organization_id),
        eq(sessions.id, id),
        eq(sessions.user_id, user_id),
        isNull(sessions.revoked_at),
      ),
    )
    .returning({ id: sessions.id });
  return rows.length > 0;
}

/** Ends a user's sessions, but for `except`; returns how many of them were live. */
export async function revokeSessionsOf(
  tx: Tx,
  input: { organization_id: string; user_id: string; except?: string } & Liveness,
): Promise<number> {
  const { organization_id, user_id, except, now, idle_ms } = input;
  const rows = await tx
    .update(sessions)
    .set({ revoked_at: now })
    .where(
      and(
        eq(sessions.organization_id, organization_id),
        eq(sessions.user_id, user_id),
        isNull(sessions.revoked_at),
        except === undefined ? undefined : ne(sessions.id, except),
      ),
    )
    .returning();
  return rows.filter(({ kind, last_seen_at, expires_at }) => expires_at > now && last_seen_at > now - idle_ms[kind])
    .length;
}
