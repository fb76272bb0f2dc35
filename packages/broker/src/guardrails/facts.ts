import { type Effect, type EnvironmentKind, effectSchema, SHARED } from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import { type Db, listConnections, listEffectOverrides, listEnvironments } from '@writ/store';
import type { Ctx } from '../context.ts';

/** A connection as guardrails see it: what can be done through it, and where. */
export interface GuardedConnection {
  readonly slug: string;
  readonly operations: readonly Pick<CatalogOperation, 'name' | 'effect'>[];
  readonly environments: readonly { readonly slug: string; readonly kind: EnvironmentKind }[];
}

const KINDS = ['protected', 'ephemeral', 'other'] as const satisfies readonly EnvironmentKind[];

/** A slug that no environment can have: stands for those of its kind that are yet to be added. */
export const YET_TO_COME = ' yet to come';

/**
 * Reads what guardrails are judged against: every connection, and for each provider one that is yet to be added, so that a rule
 * by kind is judged before there is anything of its kind.
 */
export async function guardedConnections(ctx: Ctx, db: Db): Promise<GuardedConnection[]> {
  const { organization_id, providers } = ctx;
  const { items } = await listConnections(db, { organization_id, limit: 1000 });
  const known: GuardedConnection[] = [];
  for (const { id, slug, provider } of items) {
    const overrides = await listEffectOverrides(db, { organization_id, connection_id: id });
    const given = overrides.map(({ operation, effect }) => ({ name: operation, effect: effectOf(effect) }));
    const rows = await listEnvironments(db, { organization_id, connection_id: id });
    const environments = rows.map((row) => ({ slug: row.slug, kind: kindOf(row) }));
    known.push({
      slug,
      operations: [...(providers.get(provider)?.operations ?? []), ...given],
      environments: [{ slug: SHARED, kind: 'protected' }, ...environments, ...yetToCome()],
    });
  }
  const future = [...providers.values()].map(({ operations }) => ({
    slug: YET_TO_COME,
    operations,
    environments: [{ slug: SHARED, kind: 'protected' as const }, ...yetToCome()],
  }));
  return [...known, ...future];
}

function yetToCome(): { slug: string; kind: EnvironmentKind }[] {
  return KINDS.map((kind) => ({ slug: YET_TO_COME, kind }));
}

/** How an environment is guarded: protection wins over what the provider calls ephemeral. */
function kindOf(row: { readonly protected: boolean; readonly selector: object }): EnvironmentKind {
  if (row.protected) return 'protected';
  return 'ephemeral_of' in row.selector ? 'ephemeral' : 'other';
}

function effectOf(text: string): Effect {
  return effectSchema.parse(text);
}
