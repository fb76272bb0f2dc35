/** The state of an access token and of what it relies on, read in one statement: at one moment, in one round trip. */
import { onceFor } from '@writ/core';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import type { FreezeSubject } from '../queries/freezes.ts';
import type { Task } from '../queries/tasks.ts';
import type { Token } from '../queries/tokens.ts';
import type { TaskGrant } from '../queries/waiting/token-requests.ts';
import { epochs, freezes, tasks, token_requests, tokens } from '../schema/index.ts';
import type { EpochKey, EpochVector } from './event.ts';

/** The token whose state is read, and what is read with it. */
export interface StandingOf {
  readonly organization_id: string;
  readonly jti: string;
  readonly task_id: string;
  readonly keys: readonly EpochKey[];
  /** The subjects that the token relies on and that can be frozen. */
  readonly subjects: readonly FreezeSubject[];
}

/** The rows as they are, also those revoked or ended, and the epochs of the keys in their order; 0 for one never moved. */
export interface TokenStanding {
  readonly token: Token | undefined;
  readonly task: Task | undefined;
  /** Whether a freeze is in force on one of the subjects. */
  readonly is_frozen: boolean;
  /** What humans gave to the task, whether its time is over or not. */
  readonly task_grants: readonly TaskGrant[];
  readonly epochs: EpochVector;
}

/** Reads a token with its task, the freezes that concern it and the epochs it relies on. */
export async function readTokenStanding(db: Db, { keys, subjects, ...of }: StandingOf): Promise<TokenStanding> {
  const [row] = await statementFor(db).execute({ ...of, keys: listed(keys), subjects: listed(subjects) });
  const read = JSON.parse(row?.epochs ?? '[]') as readonly (readonly [string, string, number])[];
  const moved = new Map(read.map(([scope, subject, epoch]) => [`${scope}:${subject}`, Number(epoch)]));
  return {
    token: row?.token ?? undefined,
    task: row?.task ?? undefined,
    is_frozen: row?.is_frozen === true,
    task_grants: JSON.parse(row?.task_grants ?? '[]'),
    epochs: keys.map(({ scope, subject }) => ({ scope, subject, epoch: moved.get(`${scope}:${subject}`) ?? 0 })),
  };
}

/** The statement, remembered by the database that it is for: building it for each token would cost more than sending it. */
const statementFor = onceFor((db: Db) => {
  const organization_id = sql.placeholder('organization_id');
  return db
    .select({
      token: tokens,
      task: tasks,
      is_frozen: sql<boolean>`exists (select 1 from ${freezes} f where f.organization_id = ${organization_id}
        and f.lifted_at is null and (f.scope, f.subject) in (${pairsIn('subjects')}))`,
      task_grants: sql<string>`(select coalesce(json_agg(json_build_object('approval_id', r.approval_id, 'client_id',
          r.client_id, 'jti', r.jti, 'jkt', r.jkt, 'asked', r.asked, 'given', r.given, 'granted_until',
          floor(extract(epoch from r.granted_until) * 1000))), '[]')::text
        from ${token_requests} r where r.organization_id = ${organization_id} and r.task_id = ${sql.placeholder('task_id')}
        and r.granted_until is not null and r.ended_at is null)`,
      epochs: sql<string>`(select coalesce(json_agg(json_build_array(e.scope, e.subject, e.epoch)), '[]')::text
        from ${epochs} e where e.organization_id = ${organization_id} and (e.scope, e.subject) in (${pairsIn('keys')}))`,
    })
    .from(sql`(select 1) as one`)
    .leftJoin(tokens, and(eq(tokens.organization_id, organization_id), eq(tokens.jti, sql.placeholder('jti'))))
    .leftJoin(tasks, and(eq(tasks.organization_id, organization_id), eq(tasks.id, sql.placeholder('task_id'))))
    .prepare('token_standing');
});

/** Scopes and subjects as one parameter, however many there are. */
function listed(pairs: readonly { readonly scope: string; readonly subject: string }[]): string {
  return JSON.stringify(pairs.map(({ scope, subject }) => ({ scope, subject })));
}

function pairsIn(name: string): SQL {
  const pairs = sql.placeholder(name);
  return sql`select k.scope, k.subject from json_to_recordset(${pairs}::text::json) as k(scope text, subject text)`;
}
