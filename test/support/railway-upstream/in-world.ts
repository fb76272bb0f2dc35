import type { Described, Environment, ResolvedOperation } from '@writ/core';
import { makeCanonical, makeClassified, makeResolved } from '@writ/core/steps';
import type { Answer, Question, Upstream } from '../../../packages/providers/src/provider.ts';
import { railway } from '../../../packages/providers/src/railway/index.ts';
import { type Lie, tell } from './behaviour.ts';
import { executeInWorld, type GraphqlRequest } from './execute.ts';
import { SEEDS, type SeedName } from './seeds.ts';
import type { Token, World } from './world.ts';

/** Makes an environment of a connection. */
export const environmentRow = (
  slug: string,
  kind: Environment['kind'],
  selector: Environment['selector'],
): Environment => ({
  id: `env_${slug}`,
  slug,
  kind,
  selector,
});

/** The environments of a connection to the world `incident`: production, staging and one for the previews. */
export const INCIDENT: readonly Environment[] = [
  environmentRow('production', 'protected', { environment_ids: ['e_production'] }),
  environmentRow('staging', 'other', { environment_ids: ['e_staging'] }),
  environmentRow('previews', 'ephemeral', { ephemeral_of: ['p_rentals'] }),
];

/** The environments of a connection to the world `two-projects`. */
export const TWO_PROJECTS: readonly Environment[] = [
  ...INCIDENT,
  environmentRow('website.production', 'protected', { environment_ids: ['e_web_production'] }),
  environmentRow('website.staging', 'other', { environment_ids: ['e_web_staging'] }),
];

/** How one request is resolved. */
export interface How {
  readonly environments?: readonly Environment[];
  readonly client_id?: string;
  /** Milliseconds; the clock's time if left out. */
  readonly arrived?: number;
}

/** A connection to a world in this very process. */
export interface InWorld {
  readonly world: World;
  readonly upstream: Upstream;
  /** Names of the questions asked so far. */
  readonly asked: string[];
  /** Milliseconds; moves only when a test moves it. */
  readonly clock: { now: number };
  /** How the provider misbehaves: `silent` throws, a lie is told in each answer that `only` is in the question's name of. */
  readonly provider: {
    silent?: boolean;
    lie?: Lie | undefined;
    only?: string | undefined;
    hold?: Promise<void> | undefined;
  };
  resolve(
    query: string,
    how?: How & { variables?: GraphqlRequest['variables'] },
  ): Promise<readonly ResolvedOperation[]>;
  describe(query: string, how?: How): Promise<Described>;
  /** Each operation as `name: slug, slug`, slugs sorted. */
  reach(query: string, how?: How): Promise<readonly string[]>;
}

/** Connects the provider to a fresh world with one of its tokens, and resolves requests as the gateway would. */
export function inWorld(
  options: { readonly seed?: SeedName; readonly token?: Token['kind']; readonly environmentId?: string } = {},
): InWorld {
  const world = SEEDS[options.seed ?? 'incident']();
  const token = tokenOf(world, options);
  const asked: string[] = [];
  const clock = { now: 1_000_000_000_000 };
  const provider: InWorld['provider'] = {};
  const ask = async (question: Question): Promise<Answer> => {
    asked.push(question.name);
    await provider.hold;
    if (provider.silent) throw new Error('connection refused');
    const request = JSON.parse(new TextDecoder().decode(question.request.body)) as GraphqlRequest;
    const { status, body } = await executeInWorld({ world, token }, request);
    const lies = provider.lie !== undefined && question.name.includes(provider.only ?? '');
    const told = lies && provider.lie !== undefined ? tell(provider.lie, body) : body;
    return { status, headers: new Map(), body: new TextEncoder().encode(JSON.stringify(told)) };
  };
  const upstream = railway.connect({ ask, now: () => clock.now });
  const environments = options.seed === 'two-projects' ? TWO_PROJECTS : INCIDENT;
  const contextOf = (how: How) => ({
    connection: { id: 'con_1', slug: 'railway', environments: how.environments ?? environments },
    client_id: how.client_id ?? 'cli_1',
    arrived: how.arrived ?? clock.now,
  });
  const resolve: InWorld['resolve'] = async (query, how = {}) =>
    (await upstream.resolve(classify(query, how.variables), contextOf(how))).operations;
  return {
    world,
    upstream,
    asked,
    clock,
    provider,
    resolve,
    async describe(query, how = {}) {
      const resolved = await upstream.resolve(classify(query), contextOf(how));
      return upstream.describe(makeResolved(resolved), contextOf(how));
    },
    async reach(query, how = {}) {
      return (await resolve(query, how)).map(
        ({ name, environments: reached }) =>
          `${name}: ${reached
            .map(({ slug }) => slug)
            .sort()
            .join(', ')}`,
      );
    },
  };
}

/** Classifies a document as the gateway would, with Railway's catalog. */
export function classify(query: string, variables?: GraphqlRequest['variables']) {
  const body = new TextEncoder().encode(JSON.stringify(variables ? { query, variables } : { query }));
  const headers = { 'content-type': 'application/json' };
  const canonical = makeCanonical({ method: 'POST', path: '/graphql/v2', query: '', headers, body });
  return makeClassified(railway.classify(canonical, new Map()));
}

function tokenOf(world: World, options: { token?: Token['kind']; environmentId?: string }): Token {
  const kind = options.token ?? 'workspace';
  const token = (world.tokens as unknown as Token[]).find(
    (each) => each.kind === kind && (kind !== 'project' || each.environmentId === options.environmentId),
  );
  if (!token) throw new Error(`the world has no ${kind} token`);
  return token;
}
