import { asc, eq } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { guardrails } from '../schema/index.ts';

export type GuardrailRow = typeof guardrails.$inferSelect;

/** Every guardrail but the shipped ones, in their order; at most 1000. */
export async function listGuardrails(db: Db, input: { organization_id: string }): Promise<readonly GuardrailRow[]> {
  return db
    .select()
    .from(guardrails)
    .where(eq(guardrails.organization_id, input.organization_id))
    .orderBy(asc(guardrails.id))
    .limit(1000);
}

/** Puts these guardrails in the place of all there are. */
export async function replaceGuardrails(
  tx: Tx,
  input: { organization_id: string; guardrails: readonly Omit<GuardrailRow, 'organization_id'>[] },
): Promise<void> {
  const { organization_id } = input;
  await tx.delete(guardrails).where(eq(guardrails.organization_id, organization_id));
  if (input.guardrails.length === 0) return;
  await tx.insert(guardrails).values(input.guardrails.map((row) => ({ ...row, organization_id })));
}
