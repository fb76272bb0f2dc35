import type { Detail } from '@writ/core';
import { and, desc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { tokens } from '../schema/index.ts';
import { listed, type Page, type Paging, pageOf } from './page.ts';
import { oldestWaiting } from './waiting/oldest.ts';
import { endTaskGrants } from './waiting/token-requests.ts';

export type Token = typeof tokens.$inferSelect;
export type NewToken = typeof tokens.$inferInsert;

/** For how long after its end a token may still be accepted, milliseconds: longer than verifiers allow for differences of clocks. */
const LEEWAY = 60_000;

/** Undefined when there is none; a revoked or expired one is returned. */
export async function getToken(db: Db, input: { organization_id: string; jti: string }): Promise<Token | undefined> {
  const { organization_id, jti } = input;
  const [token] = await db
    .select()
    .from(tokens)
    .where(and(eq(tokens.organization_id, organization_id), eq(tokens.jti, jti)));
  return token;
}

/** Adds a token, in a transaction that records it too: most are recorded in batches, with the event (`IssuedToken`). */
export async function insertToken(tx: Tx, token: NewToken): Promise<void> {
  await tx.insert(tokens).values(token);
}

/** Keeps with a token the details it carries itself: what is exchanged for it is bound by them. Details that are there stay. */
export async function keepDetails(
  db: Db,
  input: { organization_id: string; jti: string; details: readonly Detail[] },
): Promise<void> {
  const { organization_id, jti, details } = input;
  await db
    .update(tokens)
    .set({ details })
    .where(and(eq(tokens.organization_id, organization_id), eq(tokens.jti, jti), isNull(tokens.details)));
}

/** Lists tokens, newest first. */
export async function listTokens(
  db: Db,
  paging: Paging & { client_id?: string; task_id?: string; live_at?: number },
): Promise<Page<Token>> {
  const { organization_id, client_id, task_id, live_at, after, limit } = paging;
  const rows = await db
    .select()
    .from(tokens)
    .where(
      and(
        eq(tokens.organization_id, organization_id),
        after === undefined ? undefined : lt(tokens.jti, after),
        client_id === undefined ? undefined : eq(tokens.client_id, client_id),
        task_id === undefined ? undefined : eq(tokens.task_id, task_id),
        live_at === undefined ? undefined : and(gt(tokens.expires_at, live_at), isNull(tokens.revoked_at)),
      ),
    )
    .orderBy(desc(tokens.jti))
    .limit(limit + 1);
  return pageOf(rows, limit, ({ jti }) => jti);
}

/** The live tokens to revoke: one, those of a task or client, those signed with a key, or, with none of these, all. */
export interface TokenSelection {
  readonly jti?: string;
  readonly task_id?: string;
  readonly client_id?: string;
  readonly kid?: string;
}

/**
 * Revokes live tokens and everything exchanged from them, and returns their `jti`s. A token that has just ended is revoked too, since
 * verifiers may still accept it, and so is one that a request still waits by. What a human gave a task with one of them ends too. What stops the tokens in use is the epoch: bump that of each token, or of the task, client or
 * organization, in the same transaction.
 */
export async function revokeTokens(
  tx: Tx,
  input: { organization_id: string; now: number; selection: TokenSelection },
): Promise<readonly string[]> {
  const { organization_id, now, selection } = input;
  const { jti, task_id, client_id, kid } = selection;
  const since = sql`${new Date(now - LEEWAY).toISOString()}::timestamptz`;
  const taken = sql`${tokens.expires_at} > least(${since}, ${oldestWaiting(organization_id)})`;
  const live = and(eq(tokens.organization_id, organization_id), isNull(tokens.revoked_at), taken);
  const chosen = and(
    jti === undefined ? undefined : eq(tokens.jti, jti),
    task_id === undefined ? undefined : eq(tokens.task_id, task_id),
    client_id === undefined ? undefined : eq(tokens.client_id, client_id),
    kid === undefined ? undefined : eq(tokens.kid, kid),
  );
  const revoked = await tx
    .update(tokens)
    .set({ revoked_at: now })
    .where(and(live, chosen))
    .returning({ jti: tokens.jti });
  const all = revoked.map((row) => row.jti);
  for (let parents = all; parents.length > 0; ) {
    const children = await tx
      .update(tokens)
      .set({ revoked_at: now })
      .where(and(live, inArray(tokens.parent_jti, listed(parents))))
      .returning({ jti: tokens.jti });
    parents = children.map((row) => row.jti);
    all.push(...parents);
  }
  await endTaskGrants(tx, { organization_id, jtis: all });
  return all;
}
