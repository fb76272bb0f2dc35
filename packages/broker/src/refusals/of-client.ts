/** What a client was refused of late and a grant would mend: each operation once, with the smallest detail of the newest request. */
import type { InputOf, OutputOf } from '@writ/api';
import {
  allows,
  coversEnvironment,
  type Detail,
  digestOf,
  type GrantScope,
  type Guardrail,
  guardPair,
  parseSelector,
  type SelectedOperation,
} from '@writ/core';
import { type Client, getClient, liveGrants, recentRefusals } from '@writ/store';
import type { Ctx } from '../context.ts';
import { beyondDeploying } from '../grants/check.ts';
import { scopeProblems } from '../grants/check-scope.ts';
import { knownOperation } from '../grants/known-operations.ts';
import { outcomeOf } from '../grants/preview.ts';
import { namedEnvironments } from '../live/connections.ts';
import { createRules } from '../live/rules.ts';
import type { ConnectionState } from '../live.ts';
import { missing } from '../missing.ts';
import { judging, readingMuch } from '../payer.ts';
import { sliceOut } from '../slice.ts';
import { namesOf, scopeJson } from './get.ts';
import { type RecordedRefusal, recordedRefusal } from './recorded.ts';
import { isCutShort, type MissingDetail, smallestDetails } from './smallest.ts';
import { whyNoGrant } from './why-no-grant.ts';

type Input = InputOf<'clients.refusals'>;
type Item = OutputOf<'clients.refusals'>['items'][number];

const HOUR = 3_600_000;

/** The most refused requests that are looked at, the newest of them. */
const MOST = 500;

/** Lists what a client was refused and its own grants lack. Throws `not_found`, `rate_limited`. */
export async function listRefusals(ctx: Ctx, input: Input): Promise<OutputOf<'clients.refusals'>> {
  return await readingMuch(ctx, () => refusalsOf(ctx, input));
}

async function refusalsOf(ctx: Ctx, input: Input): Promise<OutputOf<'clients.refusals'>> {
  const { organization_id, store } = ctx;
  const client_id = input.id;
  const client = await getClient(store.db, { organization_id, client_id });
  if (client === undefined) throw missing('client', client_id);
  const now = ctx.now();
  const since = now - input.hours * HOUR;
  const rows = await recentRefusals(store.db, { organization_id, client_id, since, limit: MOST });
  const grants = await liveGrants(store.db, { organization_id, client_id, now });
  const refused = rows.flatMap(({ request_id, event }) => {
    const read = recordedRefusal(event);
    return read !== undefined && isMendable(read, client_id) ? [{ request_id, refused: read }] : [];
  });
  const states = await statesOf(ctx, refused);
  const guardrails = await createRules(ctx)();
  return judging(ctx, () => {
    const lacks = refused.flatMap((one) => lacksOf(one, { states, guardrails }));
    const standing = { client, states, scopes: grants.map(({ scope }) => scope) };
    return sliceOut(
      grouped(lacks).filter((item) => wouldMend(item.detail, standing)),
      input,
    );
  });
}

/** True where a grant of this very client was missing, and the log has all that the request would have done. */
function isMendable(refused: RecordedRefusal, client_id: string): boolean {
  const { data, kind } = refused;
  const lacking = data.grants_of ?? data.reasons.find(({ link }) => link === 'grants')?.subject;
  if (kind === 'request.waiting' || lacking !== client_id || data.conditions) return false;
  return whyNoGrant(refused) === undefined && (kind === 'token.refused' || !isCutShort(refused));
}

interface Refused {
  readonly request_id: string;
  readonly refused: RecordedRefusal;
}

type States = ReadonlyMap<string, ConnectionState>;

async function statesOf({ live }: Ctx, all: readonly Refused[]): Promise<States> {
  const slugs = new Set(
    all.flatMap(({ refused }) => refused.data.asked?.map(({ connection }) => connection) ?? refused.connection ?? []),
  );
  const states = await Promise.all([...slugs].map((slug) => live.connections.get(slug)));
  return new Map(states.flatMap((state) => (state === undefined ? [] : [[state.slug, state]])));
}

interface Judged {
  readonly states: States;
  readonly guardrails: readonly Guardrail[];
}

/** What a request lacked, by operation and environment, as if it had come once. */
function lacksOf({ request_id, refused }: Refused, { states, guardrails }: Judged): Item[] {
  const { at, result: code, data, connection = '' } = refused;
  const once = { count: 1, variants: 1, last_at: at, request_id, code };
  const details = data.asked?.flatMap(eachOperation) ?? smallestOf(refused, states.get(connection));
  return details.flatMap((detail): Item[] => {
    const [operation = ''] = detail.operations;
    const { pattern, exact, effect } = parseSelector(operation);
    const state = states.get(detail.connection);
    const known = exact && state !== undefined ? knownOperation(state, pattern) : undefined;
    const selected = known && { ...known, effect: effect ?? known.base_effect };
    return (detail.environments ?? [null]).map((environment) => ({
      ...once,
      ...{ connection: detail.connection, environment, operation: pattern, effect: effect ?? selected?.effect ?? null },
      detail: environment === null ? detail : { ...detail, environments: [environment] },
      ...standingOf(state, { environment, selected, guardrails }),
    }));
  });
}

interface Placed {
  readonly environment: string | null;
  readonly selected: SelectedOperation | undefined;
  readonly guardrails: readonly Guardrail[];
}

/** What the guardrails would make of it, once it was granted. */
function standingOf(
  state: ConnectionState | undefined,
  { environment, selected, guardrails }: Placed,
): Pick<Item, 'protected' | 'guarded'> {
  const place = state && namedEnvironments(state).find(({ slug }) => slug === environment);
  if (state === undefined || place === undefined) return { protected: false, guarded: null };
  const guarded = selected && outcomeOf(guardPair(guardrails, state.slug, selected, place));
  return { protected: place.kind === 'protected', guarded: guarded ?? null };
}

function eachOperation(detail: Detail): Detail[] {
  return detail.operations.map((operation) => ({ ...detail, operations: [operation] }));
}

/** The smallest details, each of one operation: people tick them one by one. */
function smallestOf(refused: RecordedRefusal, state: ConnectionState | undefined): MissingDetail[] {
  if (state === undefined) return [];
  const known = namesOf(state);
  return refused.data.operations.flatMap((operation) =>
    smallestDetails(state.slug, { ...refused, data: { ...refused.data, operations: [operation] } }, known),
  );
}

/** Each operation in each environment once, the newest first. */
function grouped(lacks: readonly Item[]): Item[] {
  const groups = Map.groupBy(lacks, (item) =>
    JSON.stringify([item.connection, item.environment, item.operation, item.effect]),
  );
  return [...groups.values()].flatMap(([newest, ...others]) => {
    if (newest === undefined) return [];
    const requests = new Set([newest, ...others].map(({ request_id }) => request_id));
    const variants = new Set([newest, ...others].map(({ detail }) => digestOf(scopeJson(detail))));
    return [{ ...newest, count: requests.size, variants: variants.size }];
  });
}

interface Standing {
  readonly client: Client;
  readonly states: States;
  readonly scopes: readonly GrantScope[];
}

/** True where the detail can be granted as things stand now, and no grant covers it by now. */
function wouldMend(detail: MissingDetail, { client, states, scopes }: Standing): boolean {
  const state = states.get(detail.connection);
  if (state === undefined) return false;
  const scope = { ...detail, environments: detail.environments ?? ['*'] };
  if (client.kind === 'ci' && beyondDeploying(state, scope).length > 0) return false;
  const [problem] = scopeProblems(state, scope);
  return problem === undefined && !scopes.some((granted) => covers(state, granted, detail));
}

/** True where a grant covers all that a detail says: the same detail, or one that names no resources and arguments. */
function covers(state: ConnectionState, granted: GrantScope, detail: MissingDetail): boolean {
  if (granted.connection !== detail.connection) return false;
  if (digestOf(scopeJson(granted)) === digestOf(scopeJson(detail))) return true;
  const [selector = ''] = detail.operations;
  const { pattern, exact, effect } = parseSelector(selector);
  const known = exact ? knownOperation(state, pattern) : undefined;
  if (known === undefined || granted.resources !== undefined || Object.hasOwn(granted.arguments ?? {}, pattern))
    return false;
  const operation = { ...known, effect: effect ?? known.base_effect };
  const isThere = (detail.environments ?? []).every((environment) => coversEnvironment(granted, environment));
  return isThere && granted.operations.some((one) => allows(parseSelector(one), operation));
}
