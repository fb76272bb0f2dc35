import type { InputOf, OutputOf } from '@writ/api';
import { type Grant, getClient, liveGrants } from '@writ/store';
import type { Ctx } from '../context.ts';
import { itemOf } from '../grants/preview.ts';
import { type ReachedPair, reachedPairs } from '../grants/reached.ts';
import { createRules } from '../live/rules.ts';
import type { ConnectionState } from '../live.ts';
import { missing } from '../missing.ts';
import { judging, readingMuch } from '../payer.ts';
import { sliceOut } from '../slice.ts';

type Input = InputOf<'clients.reach'>;
type Item = OutputOf<'clients.reach'>['items'][number];

/** Lists what all grants of a client, as they stand now, let it do, and by which of them. Throws `not_found`, `rate_limited`. */
export async function listReach(ctx: Ctx, input: Input): Promise<OutputOf<'clients.reach'>> {
  return await readingMuch(ctx, () => reachOf(ctx, input));
}

async function reachOf(ctx: Ctx, input: Input): Promise<OutputOf<'clients.reach'>> {
  const { organization_id, store, live } = ctx;
  const { id: client_id, connection } = input;
  if ((await getClient(store.db, { organization_id, client_id })) === undefined) throw missing('client', client_id);
  const grants = await liveGrants(store.db, { organization_id, client_id, now: ctx.now() });
  const bySlug = Map.groupBy(grants, ({ scope }) => scope.connection);
  const slugs = [...bySlug.keys()].filter((slug) => connection === undefined || slug === connection).sort();
  const states = await Promise.all(slugs.map((slug) => live.connections.get(slug)));
  const guardrails = await createRules(ctx)();
  function* wanted(): Generator<Item> {
    for (const state of states) {
      if (state === undefined) continue;
      const pairs = reachedPairs(state, { grants: bySlug.get(state.slug)?.map(reaching) ?? [], guardrails });
      for (const pair of pairs) if (isWanted(pair, input)) yield reachItemOf(state, pair);
    }
  }
  return judging(ctx, () => sliceOut(wanted(), input));
}

function reaching({ id, name, scope }: Grant) {
  return { id, name, scope };
}

function isWanted({ operation, environment, guarded }: ReachedPair, wanted: Input): boolean {
  const { q, effect, outcome } = wanted;
  if (effect !== undefined && operation.effect !== effect) return false;
  if (wanted.environment !== undefined && environment.slug !== wanted.environment) return false;
  if (outcome !== undefined && guarded.outcome !== outcome) return false;
  return q === undefined || operation.name.toLowerCase().includes(q.toLowerCase());
}

function reachItemOf({ slug }: ConnectionState, pair: ReachedPair): Item {
  const grants = pair.grants.map(({ id, name }) => ({ id, name }));
  return { connection: slug, ...itemOf(pair), grants, grant_count: pair.count };
}
