import type { InputOf, OutputOf } from '@writ/api';
import { defined, digestOf, type JsonObject } from '@writ/core';
import { findEnvironment, renameInCredentials, updateEnvironment } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { changedSince } from '../guardrails/changed-since.ts';
import { checkSelector, checkSlug, noSuchEnvironment, refuseShared } from './check.ts';
import { asConflict, environmentData } from './create.ts';
import { refuseUnprotecting, renamed } from './loosening.ts';
import { environmentView } from './view.ts';

/** The change that a change takes back, by its request, and the environment as it left it. */
interface Undoing {
  readonly undoes?: { readonly request_id: string; readonly after: JsonObject };
}

/**
 * Changes what an environment is called or stands for, or whether it is protected. Root credentials bound to it follow its new name: without
 * that a broader one would be used in their place. Throws `not_found`, `validation_failed`, `conflict`, `forbidden`; and
 * `conflict` where `undoes` left it otherwise than it is now.
 */
export async function patchEnvironment(
  ctx: Ctx<AdminActor>,
  input: InputOf<'environments.patch'> & Undoing,
): Promise<OutputOf<'environments.patch'>> {
  const { organization_id } = ctx;
  const { environment: slug, selector } = input;
  refuseShared(slug);
  if (input.slug !== undefined) checkSlug(input.slug);
  const state = await ctx.live.connections.require(input.connection);
  const known = selector === undefined ? [] : await checkSelector(state, selector);
  const { selectors } = state.provider;
  const members = selector === undefined ? undefined : selectors.members(selector);
  const set = {
    ...defined({ slug: input.slug, selector, protected: input.protected }),
  };
  const renaming = input.slug !== undefined && input.slug !== slug ? input.slug : undefined;
  return await change(ctx, async (tx) => {
    await refuseUnprotecting(ctx, tx, { state, slug, becoming: { ...input, members } });
    const before = await findEnvironment(tx, { organization_id, connection_id: state.id, slug });
    if (before === undefined) throw noSuchEnvironment(state.slug, slug);
    if (input.undoes !== undefined && digestOf(environmentData(before)) !== digestOf(input.undoes.after))
      throw changedSince(`The environment ${slug} was`, `writ env list ${state.slug}`);
    const { result: row, data: found } = await renamed(ctx, tx, {
      state,
      claims: members ?? [],
      slugs: renaming === undefined ? [] : [renaming],
      known,
      work: async () => {
        const of = { organization_id, connection_id: state.id };
        if (renaming !== undefined) await renameInCredentials(tx, { ...of, from: slug, to: renaming });
        return updateEnvironment(tx, { ...of, slug, set, ...defined({ members }), now: ctx.now() }).catch(
          (error: unknown) => {
            throw asConflict(error, input.slug ?? slug);
          },
        );
      },
    });
    if (row === undefined) throw noSuchEnvironment(state.slug, slug);
    const undone = input.undoes === undefined ? {} : { undoes: input.undoes.request_id };
    const data = { ...environmentData(row), before: environmentData(before), ...found, ...undone };
    return {
      result: environmentView(row, selectors),
      happened: { kind: 'environment.changed', connection: state.slug, data },
      epochs: [{ scope: 'connection', subject: state.id }],
    };
  });
}
