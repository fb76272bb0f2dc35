import { type SQL, sql } from 'drizzle-orm';

/**
 * When the oldest request came that still waits, for a human or for its time; null where none does. What such a request rests on is looked
 * at once more before it is sent, though it may have expired since: until then tokens stay, and can be revoked.
 */
export function oldestWaiting(organization_id: string): SQL {
  return sql`(select min(w.created_at) from (
    select least(h.created_at, a.created_at) as created_at from holds h
      left join approvals a on a.organization_id = h.organization_id and a.id = h.approval_id
      where h.organization_id = ${organization_id} and h.state = any (array['waiting', 'claimed'])
    union all
    select a.created_at from approvals a
      where a.organization_id = ${organization_id} and a.state = any (array['pending', 'approved'])) w)`;
}
