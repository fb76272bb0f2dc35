import type { InputOf, OutputOf } from '@writ/api';
import { type EnvironmentSelector, inertLine, makeId } from '@writ/core';
import type { ProviderEnvironment } from '@writ/providers';
import { type EnvironmentRow, insertEnvironment, memberKeys } from '@writ/store';
import { change } from '../audit/record.ts';
import { actorId } from '../connections/actor-id.ts';
import type { AdminActor, Ctx } from '../context.ts';
import type { ConnectionState } from '../live/connections.ts';
import { loosenedData, selectorData } from './create.ts';
import { renamed } from './loosening.ts';
import { planImport } from './naming.ts';
import { environmentView } from './view.ts';

/**
 * Names every environment the provider lists that none has yet; what is there stays as it is. Ephemeral ones become one
 * environment a project. Throws `not_found`, `upstream_unavailable`, and `forbidden` where somebody who is no owner would loosen
 * what guards one of them: then nothing is added.
 */
export async function importEnvironments(
  ctx: Ctx<AdminActor>,
  input: InputOf<'environments.import'>,
): Promise<OutputOf<'environments.import'>> {
  const state = await ctx.live.connections.require(input.connection);
  const { single_project } = await state.upstream.identify();
  const found = await state.upstream.environments();
  const owners = ownersOf(state.environment_rows);
  const isNew = ({ selector }: { readonly selector: EnvironmentSelector }): boolean =>
    memberKeys(selector).every((key) => !owners.has(key));
  const taken = state.environments.map(({ slug }) => slug);
  const plan = planImport(found.filter(isNew), { single_project, taken });
  const skipped = found
    .filter((environment) => !isNew(environment))
    .map(({ name, container, selector }) => ({
      name: inertLine(`${container.name}/${name}`, 300),
      reason: `is in ${memberKeys(selector)
        .map((key) => owners.get(key))
        .find((slug) => slug !== undefined)} already`,
    }));
  const items = plan.length === 0 ? [] : await addAll(ctx, { state, plan, known: found });
  return { items, skipped };
}

/** The environment that each provider environment is in. */
function ownersOf(rows: readonly EnvironmentRow[]): ReadonlyMap<string, string> {
  return new Map(rows.flatMap(({ slug, selector }) => memberKeys(selector).map((key) => [key, slug] as const)));
}

interface Adding {
  readonly state: ConnectionState;
  readonly plan: ReturnType<typeof planImport>;
  readonly known: readonly ProviderEnvironment[];
}

function addAll(
  ctx: Ctx<AdminActor>,
  { state, plan, known }: Adding,
): Promise<OutputOf<'environments.import'>['items']> {
  const { organization_id } = ctx;
  const now = ctx.now();
  const rows = plan.map(({ slug, selector, protected: isProtected }) => ({
    organization_id,
    id: makeId('environment', { now, randomBytes: ctx.randomBytes }),
    connection_id: state.id,
    slug,
    selector,
    protected: isProtected,
    created_by: actorId(ctx.actor),
    created_at: now,
  }));
  return change(ctx, async (tx) => {
    const work = async (): Promise<void> => {
      for (const row of rows) await insertEnvironment(tx, row);
    };
    const { loosened } = await renamed(ctx, tx, { state, claims: rows.map(({ selector }) => selector), known, work });
    const added = rows
      .slice(0, 200)
      .map((row) => ({ slug: row.slug, protected: row.protected, selector: selectorData(row.selector) }));
    const data = { added, count: rows.length, ...loosenedData(loosened) };
    return {
      result: rows.map(environmentView),
      happened: { kind: 'environment.imported', connection: state.slug, data },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}
