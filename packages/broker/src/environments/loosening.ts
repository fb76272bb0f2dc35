import { type EnvironmentSelector, WritError } from '@writ/core';
import { type EnvironmentRow, findEnvironment, memberKeys, type Tx } from '@writ/store';
import type { AdminActor, Ctx } from '../context.ts';

/** What an environment is to become; `undefined` when it is to go. */
export interface Becoming {
  readonly selector?: EnvironmentSelector;
  readonly protected?: boolean;
}

/**
 * Refuses what would take protection away from a provider environment, unless an owner asks: the same that guardrails want for
 * loosening (DESIGN 6), since an environment that is no longer protected is under milder ones. Throws `forbidden`.
 */
export async function refuseUnprotecting(
  ctx: Ctx<AdminActor>,
  tx: Tx,
  change: { readonly connection_id: string; readonly slug: string; readonly becoming: Becoming | undefined },
): Promise<void> {
  const { connection_id, slug, becoming } = change;
  const before = await findEnvironment(tx, { organization_id: ctx.organization_id, connection_id, slug });
  if (before === undefined || !before.protected || ctx.actor.role === 'owner') return;
  if (!takesProtection(before, becoming)) return;
  throw new WritError('forbidden', {
    detail: `Only an owner takes protection away from ${slug}, or from a provider environment that it stands for.`,
  });
}

function takesProtection(before: EnvironmentRow, becoming: Becoming | undefined): boolean {
  if (becoming === undefined || becoming.protected === false) return true;
  if (becoming.selector === undefined) return false;
  const kept = new Set(memberKeys(becoming.selector));
  return memberKeys(before.selector).some((member) => !kept.has(member));
}
