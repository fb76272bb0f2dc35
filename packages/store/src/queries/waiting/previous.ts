import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../database.ts';
import { approvals, holds } from '../../schema/index.ts';
import type { Approval } from './votes.ts';

/** The same act, carried out. */
interface Previous {
  readonly request_id: string;
  readonly at: number;
  readonly same_digest: boolean;
}

/** What is compared with what was carried out. */
type Act = Pick<Approval, 'id' | 'subject' | 'digest'>;

/**
 * The last time that each act was carried out by another approval in the last 24 hours, by any client, by the id of the approval it is asked for
 * in; absent where it was not.
 */
export async function findPrevious(
  db: Db,
  { organization_id, of }: { readonly organization_id: string; readonly of: readonly Act[] },
): Promise<ReadonlyMap<string, Previous>> {
  if (of.length === 0) return new Map();
  const { id, subject, digest, used_by, used_at } = approvals;
  const carriedOut = db
    .select({
      ...{ id, subject, digest, used_by, used_at },
      place: sql<number>`row_number() over (partition by ${subject} order by ${used_at} desc)`.as('place'),
    })
    .from(approvals)
    .where(
      and(
        eq(approvals.organization_id, organization_id),
        eq(approvals.state, 'used'),
        inArray(subject, [...new Set(of.map((act) => act.subject))]),
        sql`${used_at} > now() - interval '24 hours'`,
        // One that is held was not carried out yet, and never is if it is taken back.
        sql`not exists (select from ${holds} where ${holds.organization_id} = ${approvals.organization_id}
          and ${holds.approval_id} = ${id} and ${holds.state} not in ('executed', 'unknown'))`,
      ),
    )
    .as('carried_out');
  // The last two, since one of them may be the approval itself.
  const found = await db.select().from(carriedOut).where(sql`place <= 2`).orderBy(carriedOut.place);
  return new Map(
    of.flatMap((act) => {
      const last = found.find((one) => one.subject === act.subject && one.id !== act.id);
      if (last?.used_at == null || last.used_by === null) return [];
      const previous = { request_id: last.used_by, at: last.used_at, same_digest: last.digest === act.digest };
      return [[act.id, previous] as const];
    }),
  );
}
