import type { InputOf, OutputOf } from '@writ/api';
import { type JsonObject, makeId, WritError } from '@writ/core';
import { type EnvironmentRow, insertEnvironment, type Unbound, unbindInCredentials, violates } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { checkSelector, checkSlug } from './check.ts';
import { renamed } from './loosening.ts';
import { environmentView } from './view.ts';

/** An environment as the audit log has it. */
export function environmentData(row: Pick<EnvironmentRow, 'id' | 'slug' | 'selector' | 'protected'>): JsonObject {
  return { environment_id: row.id, slug: row.slug, selector: row.selector, protected: row.protected };
}

/** What a change of names loosened, as the audit log has it. */
export function loosenedData(loosened: readonly string[]): JsonObject {
  return loosened.length === 0 ? {} : { loosened };
}

/** What became of root credentials that were bound to a name that nothing had any more, as the audit log has it. */
export function unboundData(all: readonly Unbound[]): JsonObject {
  const credentials_unbound = all.reduce((sum, { unbound }) => sum + unbound, 0);
  const credentials_erased = all.reduce((sum, { erased }) => sum + erased, 0);
  return credentials_unbound === 0 ? {} : { credentials_unbound, credentials_erased };
}

/**
 * Adds an environment: protected unless it is said not to be, or is ephemeral. Throws `not_found`, `validation_failed`, `conflict` for a
 * slug or a provider environment that another one has, `forbidden` where somebody who is not an owner would loosen what guards it.
 */
export async function createEnvironment(
  ctx: Ctx<AdminActor>,
  input: InputOf<'environments.create'>,
): Promise<OutputOf<'environments.create'>> {
  const { organization_id } = ctx;
  const { slug, selector } = input;
  checkSlug(slug);
  const state = await ctx.live.connections.require(input.connection);
  const known = await checkSelector(state, selector);
  const { selectors } = state.provider;
  const now = ctx.now();
  const row = {
    organization_id,
    id: makeId('environment', { now, randomBytes: ctx.randomBytes }),
    connection_id: state.id,
    slug,
    selector,
    protected: input.protected ?? !selectors.isEphemeral(selector),
    created_by: actorId(ctx.actor),
    created_at: now,
  };
  try {
    return await change(ctx, async (tx) => {
      const members = selectors.members(selector);
      const work = async (): Promise<Unbound> => {
        // What an earlier environment of this name left behind is not for this one.
        const unbound = await unbindInCredentials(tx, { organization_id, connection_id: state.id, slug, now });
        await insertEnvironment(tx, { ...row, members });
        return unbound;
      };
      const { loosened, result: unbound } = await renamed(ctx, tx, { state, claims: members, known, work });
      const data = { ...environmentData(row), ...loosenedData(loosened), ...unboundData([unbound]) };
      return {
        result: environmentView(row, selectors),
        happened: { kind: 'environment.created', connection: state.slug, data },
        epochs: [{ scope: 'connection', subject: state.id }],
      };
    });
  } catch (error) {
    throw asConflict(error, slug);
  }
}

/** A clear error for a slug that is taken; other errors as they are. */
export function asConflict(error: unknown, slug: string): unknown {
  if (!violates(error, 'environments_slug_key')) return error;
  return new WritError('conflict', { detail: `There is an environment ${slug} already.` });
}
