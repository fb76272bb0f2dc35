import { type Guardrail, guardrailSchema, WritError } from '@writ/core';
import { asc, eq } from 'drizzle-orm';
import type { Db, Tx } from '../database.ts';
import { guardrails } from '../schema/index.ts';

export type GuardrailRow = typeof guardrails.$inferSelect;

/**
 * Every guardrail but the shipped ones, in their order; at most 1000. Throws `WritError` (`unavailable`) where this version cannot read
 * one: a rule that is ignored would guard nothing.
 */
export async function listGuardrails(db: Db, input: { organization_id: string }): Promise<readonly GuardrailRow[]> {
  const rows = await db
    .select()
    .from(guardrails)
    .where(eq(guardrails.organization_id, input.organization_id))
    .orderBy(asc(guardrails.id))
    .limit(1000);
  return rows.map((row) => ({ ...row, rule: readRule(row) }));
}

function readRule({ id, rule }: GuardrailRow): Guardrail {
  const read = guardrailSchema.safeParse(rule);
  if (read.success) return read.data;
  throw new WritError('unavailable', {
    detail: `The guardrail ${id} in the database cannot be read. Nothing was done.`,
  });
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
