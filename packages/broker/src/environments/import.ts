import type { InputOf, OutputOf } from '@writ/api';
import { makeId } from '@writ/core';
import type { ProviderEnvironment, Selectors } from '@writ/providers';
import { insertEnvironment } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import type { ConnectionState } from '../live.ts';
import { throwIfAny } from '../validation.ts';
import { selectorProblems, slugProblem } from './check.ts';
import { asConflict } from './create.ts';
import { renamed } from './loosening.ts';
import { foundName, type PlannedEnvironment, planImport } from './naming.ts';
import { environmentView, selectorOut } from './view.ts';

/**
 * Asks the provider what an import would add: for what no environment has yet, a name and whether it should be protected. Throws
 * `not_found`, `upstream_unavailable`, `credential_rejected`.
 */
export async function listImportable(
  ctx: Ctx,
  input: InputOf<'environments.importable'>,
): Promise<OutputOf<'environments.importable'>> {
  const state = await ctx.live.connections.require(input.connection);
  const { plan, skipped } = planned(state, await state.upstream.environments());
  const items = plan.map(({ selector, found, ...one }) => ({
    ...one,
    selector: selectorOut(selector),
    found: found.slice(0, 1000),
  }));
  return { items, skipped };
}

/**
 * Adds every environment that the provider lists and no environment has yet; existing ones stay. All with one selector, such as the
 * ephemeral ones of a container, become one environment. With `items` it adds those, named so. Throws `not_found`, `upstream_unavailable`,
 * `validation_failed`, `conflict` where one is there meanwhile, and `forbidden` where somebody who is not an owner would loosen what
 * guards one of them: then nothing is added.
 */
export async function importEnvironments(
  ctx: Ctx<AdminActor>,
  input: InputOf<'environments.import'>,
): Promise<OutputOf<'environments.import'>> {
  const state = await ctx.live.connections.require(input.connection);
  const known = await state.upstream.environments();
  const { plan, skipped } = planned(state, known);
  const wanted = input.items === undefined ? plan : picked(state, { items: input.items, known });
  const items = wanted.length === 0 ? [] : await addAll(ctx, state, { plan: wanted, known });
  return { items, skipped };
}

type Picked = NonNullable<InputOf<'environments.import'>['items']>;
type Plan = readonly Pick<PlannedEnvironment, 'slug' | 'selector' | 'protected'>[];

/** The environments that a person picked. Throws `validation_failed` for one that the provider does not have, or a name that is no good. */
function picked(
  state: ConnectionState,
  { items, known }: { readonly items: Picked; readonly known: readonly ProviderEnvironment[] },
): Plan {
  const { selectors, title } = state.provider;
  const slugs = items.map(({ slug }) => slug);
  throwIfAny(
    items.flatMap(({ slug, selector }, index) => {
      const isTwice = slugs.indexOf(slug) !== index;
      const again = { field: 'slug', problem: 'must not be the name of two environments', found: slug };
      const problems = [
        slugProblem(slug),
        isTwice ? again : undefined,
        ...selectorProblems({ selectors, title }, selector, known),
      ];
      return problems
        .filter((problem) => problem !== undefined)
        .map((problem) => ({ ...problem, field: `items.${index}.${problem.field}` }));
    }),
  );
  return items.map(({ slug, selector, protected: isProtected }) => ({
    slug,
    selector,
    protected: isProtected ?? !selectors.isEphemeral(selector),
  }));
}

function planned(state: ConnectionState, found: readonly ProviderEnvironment[]) {
  const { selectors } = state.provider;
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
    return owner === undefined ? [] : [{ name: foundName(each), reason: `is in ${owner} already` }];
  });
  return { plan, skipped };
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
  { plan, known }: { readonly plan: Plan; readonly known: readonly ProviderEnvironment[] },
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
      for (const row of rows) {
        await insertEnvironment(tx, { ...row, members: selectors.members(row.selector) }).catch((error: unknown) => {
          throw asConflict(error, row.slug);
        });
      }
    };
    const slugs = rows.map(({ slug }) => slug);
    const { data } = await renamed(ctx, tx, { state, claims, slugs, known, work });
    const added = rows
      .slice(0, 200)
      .map((row) => ({ slug: row.slug, protected: row.protected, selector: row.selector }));
    return {
      result: rows.map((row) => environmentView(row, selectors)),
      happened: {
        kind: 'environment.imported',
        connection: state.slug,
        data: { added, count: rows.length, ...data },
      },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}
