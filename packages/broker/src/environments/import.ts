import type { InputOf, OutputOf } from '@writ/api';
import { inertLine, makeId } from '@writ/core';
import type { ProviderEnvironment, Selectors } from '@writ/providers';
import { insertEnvironment } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { loosenedData } from './create.ts';
import { renamed } from './loosening.ts';
import { planImport } from './naming.ts';
import { environmentView } from './view.ts';

/**
 * Adds every environment that the provider lists and no environment has yet; existing ones stay. All with one selector, such as the
 * ephemeral ones of a container, become one environment. Throws `not_found`, `upstream_unavailable`, and `forbidden` where somebody who
 * is not an owner would loosen what guards one of them: then nothing is added.
 */
export async function importEnvironments(
  ctx: Ctx<AdminActor>,
  input: InputOf<'environments.import'>,
): Promise<OutputOf<'environments.import'>> {
  const state = await ctx.live.connections.require(input.connection);
  const { selectors } = state.provider;
  const found = await state.upstream.environments();
  const owners = ownersOf(state, selectors);
  const ownerOf = ({ selector }: ProviderEnvironment): string | undefined =>
    selectors
      .members(selector)
      .map((key) => owners.get(key))
      .find((slug) => slug !== undefined);
  const taken = state.environments.map(({ slug }) => slug);
  const plan = planImport(
    found.filter((each) => ownerOf(each) === undefined),
    taken,
  );
  const skipped = found.flatMap((each) => {
    const owner = ownerOf(each);
    if (owner === undefined) return [];
    return [{ name: inertLine(`${each.container.name}/${each.name}`, 300), reason: `is in ${owner} already` }];
  });
  const items = plan.length === 0 ? [] : await addAll(ctx, state, { plan, known: found });
  return { items, skipped };
}

/** The environment that each provider environment is in. */
function ownersOf({ environment_rows }: ConnectionState, { members }: Selectors): ReadonlyMap<string, string> {
  return new Map(
    environment_rows.flatMap(({ slug, selector }) => members(selector).map((key) => [key, slug] as const)),
  );
}

function addAll(
  ctx: Ctx<AdminActor>,
  state: ConnectionState,
  { plan, known }: { readonly plan: ReturnType<typeof planImport>; readonly known: readonly ProviderEnvironment[] },
): Promise<OutputOf<'environments.import'>['items']> {
  const { organization_id } = ctx;
  const { selectors } = state.provider;
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
  const claims = rows.flatMap(({ selector }) => selectors.members(selector));
  return change(ctx, async (tx) => {
    const work = async (): Promise<void> => {
      for (const row of rows) await insertEnvironment(tx, { ...row, members: selectors.members(row.selector) });
    };
    const { loosened } = await renamed(ctx, tx, { state, claims, known, work });
    const added = rows
      .slice(0, 200)
      .map((row) => ({ slug: row.slug, protected: row.protected, selector: row.selector }));
    const data = { added, count: rows.length, ...loosenedData(loosened) };
    return {
      result: rows.map((row) => environmentView(row, selectors)),
      happened: { kind: 'environment.imported', connection: state.slug, data },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}
