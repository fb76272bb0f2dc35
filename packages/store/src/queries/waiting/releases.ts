/** How people release a hold: each release is a yes, as to an approval. Every moment is one of the database's clock. */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '../../database.ts';
import { hold_votes, holds, users } from '../../schema/index.ts';
import { saysYes } from '../users.ts';

type Hold = typeof holds.$inferSelect;
type HoldKey = Pick<Hold, 'organization_id' | 'id'>;

const keyed = ({ organization_id, id }: HoldKey): SQL | undefined =>
  and(eq(holds.organization_id, organization_id), eq(holds.id, id));

/** How many people who may still say yes have released a hold, in a statement on `holds`. `since`: those after that moment. */
export function validReleases(since?: SQL): SQL {
  return sql`(select count(*) from ${hold_votes} join ${users}
    on ${users.organization_id} = ${hold_votes.organization_id} and ${users.id} = ${hold_votes.user_id}
    where ${hold_votes.organization_id} = ${holds.organization_id} and ${hold_votes.hold_id} = ${holds.id} and ${saysYes}
    ${since === undefined ? sql`` : sql`and ${hold_votes.at} > ${since}`})`;
}

/** Since when its time has run the last time: who released it before that has to say so again. */
const since = sql`coalesce(${holds.released_at}, ${holds.created_at} - interval '1 second')`;

/** A hold, locked until the transaction ends: nobody else releases it, claims it or takes it back meanwhile. */
export async function lockHold(tx: Tx, key: HoldKey): Promise<Hold | undefined> {
  const [hold] = await tx.select().from(holds).where(keyed(key)).for('update');
  return hold;
}

/** The users who have released a hold since its time has run the last time, and may still do so. */
export async function listReleases(db: Db | Tx, { organization_id, id }: HoldKey): Promise<readonly string[]> {
  return (await releasesOfEach(db, { organization_id, ids: [id] })).map(({ user_id }) => user_id);
}

/** The same of several holds, with the hold of each. */
export async function releasesOfEach(
  db: Db | Tx,
  { organization_id, ids }: { readonly organization_id: string; readonly ids: readonly string[] },
): Promise<readonly { readonly hold_id: string; readonly user_id: string }[]> {
  if (ids.length === 0) return [];
  return await db
    .select({ hold_id: hold_votes.hold_id, user_id: hold_votes.user_id })
    .from(hold_votes)
    .innerJoin(holds, and(eq(holds.organization_id, hold_votes.organization_id), eq(holds.id, hold_votes.hold_id)))
    .innerJoin(users, and(eq(users.organization_id, hold_votes.organization_id), eq(users.id, hold_votes.user_id)))
    .where(
      and(
        eq(hold_votes.organization_id, organization_id),
        inArray(hold_votes.hold_id, [...ids]),
        saysYes,
        sql`${hold_votes.at} > ${since}`,
      ),
    )
    .orderBy(hold_votes.user_id);
}

/** What a person says with a release. */
export interface Release extends HoldKey {
  readonly user_id: string;
  readonly assertion: typeof hold_votes.$inferSelect.assertion;
  /** Who counts as having asked by now. */
  readonly requesters: readonly string[];
  /** True if nobody else could. */
  readonly sole: boolean;
}

/** Notes the release of a hold that the transaction has locked. A check of the table refuses one who asked (invariant 11). */
export async function voteRelease(tx: Tx, { user_id, assertion, requesters, sole, ...key }: Release): Promise<void> {
  const { organization_id, id: hold_id } = key;
  // Those of people who have come to ask since.
  const asked = and(inArray(hold_votes.user_id, [...requesters]), eq(hold_votes.protected, true));
  if (!sole)
    await tx
      .delete(hold_votes)
      .where(and(eq(hold_votes.organization_id, organization_id), eq(hold_votes.hold_id, hold_id), asked));
  await tx
    .update(holds)
    .set({ requesters: [...requesters], sole_approver: sole })
    .where(keyed(key));
  const row = tx
    .select({
      organization_id: holds.organization_id,
      hold_id: holds.id,
      user_id: sql`${user_id}::text`.as('user_id'),
      at: sql`now()`.as('at'),
      assertion: sql`${assertion}::text`.as('assertion'),
      requesters: holds.requesters,
      protected: holds.protected,
      sole_approver: holds.sole_approver,
    })
    .from(holds)
    .where(keyed(key));
  await tx
    .insert(hold_votes)
    .select(row)
    .onConflictDoUpdate({
      target: [hold_votes.organization_id, hold_votes.hold_id, hold_votes.user_id],
      set: { assertion, at: sql`now()` },
    });
}

/**
 * Lets a waiting hold go on that as many have released as it takes, and returns it; undefined where it takes more, or it waits no more.
 * `frozen_ms`: how long it was frozen, where the rest of its window is still to run; without it, it is due now.
 */
export async function releaseHold(
  tx: Tx,
  { released_by, frozen_ms, ...key }: HoldKey & { released_by: string; frozen_ms?: number | undefined },
): Promise<Hold | undefined> {
  const rest = sql`${holds.created_at} + make_interval(mins => ${holds.minutes}, secs => ${(frozen_ms ?? 0) / 1000})`;
  const executes_at = frozen_ms === undefined ? sql`now()` : sql`greatest(now(), ${rest})`;
  const [row] = await tx
    .update(holds)
    .set({ waits_for_release: false, released_by, released_at: sql`now()`, executes_at })
    .where(and(keyed(key), eq(holds.state, 'waiting'), sql`${validReleases(since)} >= ${holds.quorum}`))
    .returning();
  return row;
}
