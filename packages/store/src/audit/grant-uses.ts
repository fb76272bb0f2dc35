import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Statement, Tx } from '../database.ts';
import { grants } from '../schema/index.ts';

/** Grants that let a call through, by id, and when (ms). */
export interface GrantUses {
  readonly organization_id: string;
  readonly ids: readonly string[];
  readonly now: number;
}

const dialect = new PgDialect();

/** Notes uses, at most once an hour for each grant. One that somebody is changing is left out: nothing waits for its row with the log's lock. */
function noting({ organization_id, ids, now }: GrantUses): SQL {
  const at = new Date(now).toISOString();
  return sql`update ${grants} set last_used_at = ${at}::timestamptz
    where organization_id = ${organization_id} and id in (select id from ${grants} where organization_id = ${organization_id}
      and id in (select json_array_elements_text(${JSON.stringify(ids)}::text::json))
      and (last_used_at is null or last_used_at <= ${at}::timestamptz - interval '1 hour') for no key update skip locked)`;
}

/** The statement, for a batch of the log. */
export function usesStatement(uses: GrantUses): Statement {
  const { sql: text, params } = dialect.sqlToQuery(noting(uses));
  return { text, params: params.map(String) };
}

/** Notes uses in the caller's transaction. */
export async function noteGrantUses(tx: Tx, uses: GrantUses): Promise<void> {
  if (uses.ids.length > 0) await tx.execute(noting(uses));
}
