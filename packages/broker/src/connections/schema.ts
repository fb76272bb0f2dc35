import type { InputOf, OutputOf } from '@writ/api';
import { inertLine } from '@writ/core';
import { record } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';

/** Reads the provider's live schema and lists what the catalog lacks and no owner has given an effect. Throws `not_found`, `upstream_unavailable`. */
export async function readSchema(
  ctx: Ctx<AdminActor>,
  input: InputOf<'connections.schema'>,
): Promise<OutputOf<'connections.schema'>> {
  const state = await ctx.live.connections.require(input.connection);
  const news = await state.upstream.schemaNews();
  const unknown = news.filter((name) => !state.overrides.has(name)).map((name) => inertLine(name, 200));
  const { catalogVersion } = state.provider;
  await record(ctx, { kind: 'connection.schema_read', connection: state.slug, data: { unknown: unknown.length } });
  return { catalog_version: catalogVersion, unknown: unknown.slice(0, 5000) };
}
