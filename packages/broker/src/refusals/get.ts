import type { InputOf, OutputOf } from '@writ/api';
import { defined, digestOf, type GrantScope, type JsonObject } from '@writ/core';
import { getClient, liveGrants } from '@writ/store';
import type { Ctx } from '../context.ts';
import { deployOnlyProblems } from '../grants/check.ts';
import { scopeProblems } from '../grants/check-scope.ts';
import { knownOperation } from '../grants/known-operations.ts';
import type { ConnectionState } from '../live.ts';
import { entriesOf } from '../logged/data.ts';
import { missing as notFound } from '../missing.ts';
import { judging } from '../payer.ts';
import { type RecordedRefusal, recordedRefusal } from './recorded.ts';
import { isCutShort, type KnownNames, type MissingDetail, smallestDetails } from './smallest.ts';
import { whyNoGrant } from './why-no-grant.ts';

/** Answers a refused request with the smallest details that would have let it pass, by what the log has of it. Throws `not_found`. */
export async function getRefusal(ctx: Ctx, input: InputOf<'refusals.get'>): Promise<OutputOf<'refusals.get'>> {
  const { request_id } = input;
  const refused = (await entriesOf(ctx, request_id)).map(recordedRefusal).find((each) => each !== undefined);
  if (refused === undefined) throw notFound('refusal', request_id);
  const slug = refused.data.asked?.[0]?.connection ?? refused.connection;
  const state = slug === undefined ? undefined : await ctx.live.connections.get(slug);
  return { ...shownOf(request_id, refused, slug), ...(await needOf(ctx, refused, state)) };
}

function shownOf(request_id: string, refused: RecordedRefusal, connection: string | undefined) {
  const { at, result: code, client_id, task_id, data } = refused;
  const operations = data.operations.map(({ name, effect, environments, targets }) => {
    return { name, effect, environments: environments ?? [], targets };
  });
  const ids = { client_id: client_id ?? null, task_id: task_id ?? null, connection: connection ?? null };
  return { request_id, at, code, ...ids, operations };
}

type Need = Pick<OutputOf<'refusals.get'>, 'missing' | 'grant_for' | 'token_lacks' | 'why'>;

const none = (why: string): Need => ({ missing: [], grant_for: null, token_lacks: false, why });

async function needOf(ctx: Ctx, refused: RecordedRefusal, state: ConnectionState | undefined): Promise<Need> {
  const { data, kind } = refused;
  const other = whyNoGrant(refused);
  if (other !== undefined) return none(other);
  if (state === undefined) return none('There is no such connection.');
  const grant_for = data.grants_of ?? data.reasons.find(({ link }) => link === 'grants')?.subject ?? null;
  const token_lacks = data.reasons.some(({ link }) => link === 'token' || link === 'ancestor');
  if (kind !== 'token.refused' && isCutShort(refused))
    return none('It would have done more than the log keeps of one request: make the grant by hand.');
  if (data.conditions)
    return none('It was asked with conditions on arguments, which the log does not keep: make the grant by hand.');
  const missing = data.asked ?? judging(ctx, () => smallestDetails(state.slug, refused, namesOf(state)));
  const need = { missing: missing.map((detail) => ({ ...detail })), grant_for, token_lacks };
  if (grant_for === null)
    return { ...need, why: "The client's grants cover it: it only has to ask for a token with these details." };
  return await standing(ctx, need, grant_for);
}

/** What is to be said of the grant as things stand now: it may be there already, not be allowed, or name what is gone. */
async function standing(ctx: Ctx, need: Omit<Need, 'why'>, grant_for: string): Promise<Need> {
  const { organization_id, store } = ctx;
  const client = await getClient(store.db, { organization_id, client_id: grant_for });
  if (client === undefined) return none(`The client ${grant_for} is gone.`);
  const grants = await liveGrants(store.db, { organization_id, client_id: grant_for, now: ctx.now() });
  const there = new Map(grants.map(({ id, scope }) => [digestOf(scopeJson(scope)), id]));
  const made = need.missing.map((detail) => there.get(digestOf(scopeJson(detail))));
  if (made.length > 0 && made.every((id) => id !== undefined))
    return { ...none(`It was granted since: ${made.join(', ')}.`), token_lacks: need.token_lacks };
  for (const detail of need.missing) {
    const forbidden = await forbiddenBy(ctx, detail, grant_for);
    if (forbidden !== undefined) return none(forbidden);
  }
  const isKnown = need.missing.every(({ environments }) => environments !== undefined);
  const why = isKnown ? null : 'Nothing granted covers it anywhere, so the provider was not asked where it lies.';
  return { ...need, why };
}

/** Why a detail cannot be granted as things stand now; undefined where it can. */
async function forbiddenBy(ctx: Ctx, detail: MissingDetail, client_id: string): Promise<string | undefined> {
  const state = await ctx.live.connections.get(detail.connection);
  if (state === undefined) return `There is no connection ${detail.connection}.`;
  const scope = { ...detail, environments: detail.environments ?? ['*'] };
  if ((await deployOnlyProblems(ctx, { client_id, scope, state })).length > 0)
    return 'A client of kind ci is never granted that: it deploys, and does nothing worse.';
  const [first] = judging(ctx, () => [...scopeProblems(state, scope)]);
  return first && `It cannot be granted as things stand now: ${first.found ?? first.field} ${first.problem}.`;
}

/** The scope of a grant or detail, and nothing else of it: to be compared. */
export function scopeJson(scope: GrantScope | MissingDetail): JsonObject {
  const { connection, environments, operations, resources, arguments: conditions } = scope;
  return { connection, operations, ...defined({ environments, resources, arguments: conditions }) };
}

/** What is known of a connection's operations now, as the smallest details are made of it. */
export function namesOf(state: ConnectionState): KnownNames {
  const { provider } = state;
  return {
    baseEffect: (name: string) => knownOperation(state, name)?.base_effect,
    hasArgument: (name: string, path: string) => provider.hasArgument(name, path),
    resourceKinds: provider.resourceKinds,
  };
}
