/** What a person is shown of a request for a token, and by what it is the same act as another (model#token-request). */
import type { ShownToken } from '@writ/api';
import {
  coversEnvironment,
  type Detail,
  digestOf,
  EFFECTS,
  type Effect,
  type Guardrail,
  guardPair,
  inertLine,
  type ReachedEnvironment,
  SHARED,
} from '@writ/core';
import type { Services } from '../context.ts';
import { coveredBy, knownOperation } from '../grants/known-operations.ts';
import { namedEnvironments } from '../live/connections.ts';
import type { ConnectionState } from '../live.ts';
import { askedBy, shownCalls, shownTask } from './shown.ts';

/** The most operations that are listed, and the most environments of each: the worst first; `shared`, then the protected ones. */
const MOST = { operations: 200, environments: 20 };

/** One detail of a request, on its connection. */
export interface AskedDetail {
  readonly detail: Detail;
  readonly state: ConnectionState;
}

/** What a token would cover, as the catalogs are now. */
interface Reach {
  readonly state: ConnectionState;
  readonly operation: string;
  readonly effect: Effect;
  readonly environments: ReadonlyMap<string, ReachedEnvironment>;
}

/** Every operation at every effect that details cover, with its environments; without regard to resources and arguments. */
function reachesOf(asked: readonly AskedDetail[]): readonly Reach[] {
  const found = new Map<string, Reach & { readonly environments: Map<string, ReachedEnvironment> }>();
  for (const { detail, state } of asked) {
    const there = namedEnvironments(state).filter(({ slug }) => coversEnvironment(detail, slug));
    for (const pair of coveredBy(state, detail.operations)) {
      const key = `${state.slug} ${pair}`;
      const [operation, effect] = [pair.slice(0, pair.lastIndexOf(':')), pair.slice(pair.lastIndexOf(':') + 1)];
      const known = found.get(key) ?? { state, operation, effect: effect as Effect, environments: new Map() };
      for (const environment of there) known.environments.set(environment.slug, environment);
      found.set(key, known);
    }
  }
  const rank = ({ effect }: Reach): number => -EFFECTS.indexOf(effect);
  return [...found.values()].sort((a, b) => rank(a) - rank(b) || (a.operation < b.operation ? -1 : 1));
}

/** What a request for a token would reach, and what it is counted by. */
export interface TokenReach {
  readonly reaches: ShownToken['reaches'];
  readonly reaches_more: number;
  /** True if a protected environment is among what is covered. */
  readonly protected: boolean;
  /** True if the guardrails let nothing of it pass, whoever says yes. */
  readonly denied: boolean;
  readonly operations: readonly string[];
  /** The digest of operations, environments and resources, however they are written. */
  readonly subject: string;
}

/** Works out what details would reach, and what the guardrails say of it. */
export function tokenReach(asked: readonly AskedDetail[], guardrails: readonly Guardrail[]): TokenReach {
  const all = reachesOf(asked);
  const reaches = all.slice(0, MOST.operations).map((reach) => shownReach(reach, guardrails));
  const isWhole = reaches.length === all.length && reaches.every((reach) => reach.environments_more === 0);
  const outcomes = reaches.flatMap(({ environments }) => environments.map(({ outcome }) => outcome));
  const places = all.map(({ state, operation, effect, environments }) => [
    state.slug,
    `${operation}:${effect}`,
    [...environments.keys()].sort(),
  ]);
  const bounds = asked.map(({ detail: { connection, resources = [], arguments: conditions = {} } }) =>
    digestOf([connection, [...resources].sort(), conditions]),
  );
  return {
    reaches,
    reaches_more: all.length - reaches.length,
    protected: all.some(({ environments }) => [...environments.values()].some(({ kind }) => kind === 'protected')),
    denied: isWhole && outcomes.every((outcome) => outcome === 'deny'),
    operations: [...new Set(all.map(({ operation }) => operation))].sort(),
    subject: digestOf({ token: places, bounds: [...new Set(bounds)].sort() }),
  };
}

function shownReach(
  { state, operation, effect, environments }: Reach,
  guardrails: readonly Guardrail[],
): ShownToken['reaches'][number] {
  const base_effect = knownOperation(state, operation)?.base_effect ?? effect;
  const all = [...environments.values()].sort((a, b) => rankOf(a) - rankOf(b));
  const protected_more = all.slice(MOST.environments).filter(({ kind }) => kind === 'protected').length;
  const first = all.slice(0, MOST.environments).map((environment) => {
    const { slug, kind } = environment;
    const one = { name: operation, base_effect, effect };
    return { slug, kind, outcome: guardPair(guardrails, state.slug, one, environment).outcome };
  });
  const name = inertLine(operation, 200);
  const environments_more = environments.size - first.length;
  const more = { environments_more, ...(protected_more > 0 && { protected_more }) };
  return { connection: state.slug, operation: name, effect, environments: first, ...more };
}

/** What must not stand behind "and so many more" comes first. */
function rankOf({ slug, kind }: ReachedEnvironment): number {
  if (slug === SHARED) return 0;
  return kind === 'protected' ? 1 : 2;
}

/** A request for a token that is to be shown. */
export interface TokenToShow extends Pick<TokenReach, 'reaches' | 'reaches_more'> {
  readonly client_id: string;
  readonly details: readonly Detail[];
  readonly beyond: readonly string[];
  readonly aud: string;
  /** Seconds. */
  readonly life: number;
  readonly jkt: string | undefined;
  readonly task: { readonly id: string; readonly purpose: string | null };
}

/** Everything that is shown. */
export async function shownTokenOf(services: Services, asked: TokenToShow): Promise<ShownToken> {
  const { details, beyond, aud, life, jkt, reaches, reaches_more, task } = asked;
  return {
    authorization_details: [...details],
    beyond: [...beyond],
    resource: aud,
    expires_in: life,
    bound: jkt !== undefined,
    reaches: [...reaches],
    reaches_more,
    asked_by: await askedBy(services, asked.client_id),
    task: shownTask(task.id, task.purpose),
    last_calls: await shownCalls(services, task.id),
  };
}
