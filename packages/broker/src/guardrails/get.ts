import type { OutputOf } from '@writ/api';
import { digestOf, type Guardrail, SHIPPED_GUARDRAILS } from '@writ/core';
import { type Db, listGuardrails } from '@writ/store';
import type { Ctx } from '../context.ts';

/** Shows the guardrails: the added ones, and the shipped set they stand on. */
export async function getGuardrails(ctx: Ctx): Promise<OutputOf<'guardrails.get'>> {
  return guardrailsView(await addedGuardrails(ctx.store.db, ctx.organization_id));
}

/** The added guardrails as the API shows them. */
export function guardrailsView(added: readonly Guardrail[]): OutputOf<'guardrails.get'> {
  return { items: [...added], next_cursor: null, shipped: [...SHIPPED_GUARDRAILS], version: versionOf(added) };
}

/** The added guardrails, in their order. */
export async function addedGuardrails(db: Db, organizationId: string): Promise<Guardrail[]> {
  const rows = await listGuardrails(db, { organization_id: organizationId });
  return rows.map(({ rule }) => rule);
}

/** The guardrails in force, read by `db`: the shipped set, and the added ones. */
export async function guardrailsInForce(db: Db, organizationId: string): Promise<Guardrail[]> {
  return [...SHIPPED_GUARDRAILS, ...(await addedGuardrails(db, organizationId))];
}

/** The version of a list of rules: it tells whether somebody who replaces the list has seen the current one. */
export function versionOf(added: readonly Guardrail[]): string {
  return digestOf(added).slice(0, 16);
}
