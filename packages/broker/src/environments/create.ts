import type { InputOf, OutputOf } from '@writ/api';
import { type JsonObject, makeId, WritError } from '@writ/core';
import { type EnvironmentRow, insertEnvironment, violates } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { checkSelector, checkSlug } from './check.ts';
import { renamed } from './loosening.ts';
import { environmentView } from './view.ts';

/** An environment as the audit log has it. */
export function environmentData(row: Pick<EnvironmentRow, 'id' | 'slug' | 'selector' | 'protected'>): JsonObject {
  return { environment_id: row.id, slug: row.slug, selector: row.selector, protected: row.protected };
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
      const work = (): Promise<void> => insertEnvironment(tx, { ...row, members });
      const { data } = await renamed(ctx, tx, { state, claims: members, slugs: [slug], known, work });
      return {
        result: environmentView(row, selectors),
        happened: { kind: 'environment.created', connection: state.slug, data: { ...environmentData(row), ...data } },
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
