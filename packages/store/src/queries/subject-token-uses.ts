import type { Detail } from '@writ/core';
import { sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { subject_token_uses } from '../schema/index.ts';

/** An exchange of a foreign token, or one more of the same. Times in milliseconds. */
export interface SubjectTokenUse {
  readonly organization_id: string;
  readonly issuer: string;
  readonly use_id: string;
  readonly client_id: string;
  /** What this exchange is for; kept of the first one. */
  readonly details: readonly Detail[];
  readonly now: number;
  readonly expires_at: number;
  /** How often it may be exchanged in all. */
  readonly most: number;
}

/** A use that was counted. */
export interface SubjectTokenUses {
  /** 1 for the first. */
  readonly uses: number;
  /** What the first one was for. */
  readonly details: readonly Detail[];
}

/**
 * Counts an exchange of a foreign token, in one statement, so that of any number at once, on any brokers, no more than `most`
 * succeed. Undefined when it is used up, or was first used by another client.
 */
export async function useSubjectToken(db: Db, using: SubjectTokenUse): Promise<SubjectTokenUses | undefined> {
  const { now, most, ...row } = using;
  const { organization_id, issuer, use_id } = subject_token_uses;
  const [used] = await db
    .insert(subject_token_uses)
    .values({ ...row, uses: 1, first_used_at: now })
    .onConflictDoUpdate({
      target: [organization_id, issuer, use_id],
      set: {
        uses: sql`${subject_token_uses.uses} + 1`,
        expires_at: sql`greatest(${subject_token_uses.expires_at}, excluded.expires_at)`,
      },
      setWhere: sql`${subject_token_uses.uses} < ${most} and ${subject_token_uses.client_id} = ${using.client_id}`,
    })
    .returning({ uses: subject_token_uses.uses, details: subject_token_uses.details });
  return used;
}
