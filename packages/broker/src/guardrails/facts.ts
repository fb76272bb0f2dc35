import { type Effect, type EnvironmentKind, effectSchema, type Guardrail, guardedKind, SHARED } from '@writ/core';
import type { CatalogOperation } from '@writ/providers';
import {
  type Connection,
  type Db,
  type EffectOverride,
  listAdmissions,
  listAllConnections,
  listEffectOverrides,
  listEnvironments,
  listReleasedNamed,
  type Page,
} from '@writ/store';
import type { Ctx } from '../context.ts';

/** A connection as guardrails see it: what can be done through it, and where. */
export interface GuardedConnection {
  readonly slug: string;
  /** Those of the catalog, and those that an owner made known, whose arguments are not listed. */
  readonly operations: readonly (Pick<CatalogOperation, 'name' | 'effect'> &
    Partial<Pick<CatalogOperation, 'arguments'>>)[];
  readonly environments: readonly { readonly slug: string; readonly kind: EnvironmentKind }[];
  /** Whether a condition can be on this argument of this operation. */
  readonly hasArgument: (operation: string, path: string) => boolean;
}

const KINDS = ['protected', 'ephemeral', 'other'] as const satisfies readonly EnvironmentKind[];

/** A slug that no environment can have: it stands for future environments of a kind. */
export const YET_TO_COME = ' yet to come';

/** The connections and names against which guardrails are judged. */
export interface GuardedFacts {
  /** Every connection, and for each provider a future one, so that a rule by kind is judged before there is anything of its kind. */
  readonly current: readonly GuardedConnection[];
  /**
   * Names of deleted connections and environments. A provider environment that comes back under another name is compared with what
   * guarded it under these, so the rules about them cannot be taken away meanwhile either.
   */
  readonly remembered: readonly GuardedConnection[];
}

/** Reads everything against which these guardrails are judged, without a limit: what was left out could be loosened unnoticed. */
export async function guardedFacts(ctx: Ctx, db: Db, rules: readonly Guardrail[]): Promise<GuardedFacts> {
  const { organization_id, providers } = ctx;
  const current: GuardedConnection[] = [];
  const remembered: GuardedConnection[] = [];
  // All other names are guarded by their kind alone, like names that do not exist yet.
  const slugs = [...new Set(rules.map(({ environments }) => environments))];
  for await (const { id, slug, provider, deleted_at } of allConnections(db, organization_id)) {
    const of = { organization_id, connection_id: id };
    const admissions = await listAdmissions(db, of);
    const recorded = effectsOf([...admissions, ...(await listEffectOverrides(db, of))]);
    const given = [...recorded].map(([name, effect]) => ({ name, effect }));
    const known = providers.get(provider);
    const operations = [...(known?.operations ?? []), ...given];
    const named = (await listEnvironments(db, of)).map((row) =>
      placeOf(row, known?.selectors.isEphemeral(row.selector)),
    );
    const released = (await listReleasedNamed(db, { ...of, slugs })).map((row) =>
      placeOf(row, known?.selectors.standsForEphemeral(row.member)),
    );
    const environments = [{ slug: SHARED, kind: 'protected' as const }, ...named];
    const isAdmitted = (operation: string, path: string): boolean =>
      admissions.some((admission) => admission.operation === operation && admission.part === path);
    const hasArgument = (operation: string, path: string): boolean =>
      known?.hasArgument(operation, path) === true || isAdmitted(operation, path);
    const base = { slug, operations, hasArgument };
    if (deleted_at === null) current.push({ ...base, environments: [...environments, ...yetToCome()] });
    const once = [...new Map(released.map((each) => [`${each.slug} ${each.kind}`, each])).values()];
    const gone = deleted_at === null ? once : [...environments, ...once];
    if (gone.length > 0) remembered.push({ ...base, environments: gone });
  }
  const future = [...providers.values()].map(({ operations, hasArgument }) => ({
    slug: YET_TO_COME,
    operations,
    hasArgument,
    environments: [{ slug: SHARED, kind: 'protected' as const }, ...yetToCome()],
  }));
  return { current: [...current, ...future], remembered };
}

async function* allConnections(db: Db, organization_id: string): AsyncGenerator<Connection> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: Page<Connection> = await listAllConnections(db, { organization_id, after, limit: 500 });
    yield* page.items;
    after = page.next;
  }
}

function yetToCome(): { slug: string; kind: EnvironmentKind }[] {
  return KINDS.map((kind) => ({ slug: YET_TO_COME, kind }));
}

/** Nothing is known to be ephemeral of a provider that this version does not know. */
function placeOf(
  row: { readonly slug: string; readonly protected: boolean },
  ephemeral = false,
): GuardedConnection['environments'][number] {
  return { slug: row.slug, kind: guardedKind({ protected: row.protected, ephemeral }) };
}

/** The effects an owner gave, by operation. */
export function effectsOf(rows: readonly Pick<EffectOverride, 'operation' | 'effect'>[]): ReadonlyMap<string, Effect> {
  return new Map(rows.map(({ operation, effect }) => [operation, effectOf(effect)]));
}

function effectOf(text: string): Effect {
  return effectSchema.parse(text);
}
