/** The coverage of a token, and its life: what was asked, within the grants as they stand. */
import { compactScope, DEFAULT_TOKEN_LIFE, type Detail, defined, WrittenJson } from '@writ/core';
import { type EpochVector, listTaskGrants } from '@writ/store';
import { GRANT_TYPES, isJobSubject } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import { frozenBy } from '../../freeze/frozen.ts';
import { beyondDeploying } from '../../grants/check.ts';
import { countingGrants, taskGrantsAsGrants } from '../../live/links.ts';
import type { StandingGrant } from '../../live.ts';
import { OAuthError } from '../client/oauth-error.ts';
import { readExpiresIn } from './asked.ts';
import { checkDetails, detailsOfGrants, isGranted, overlaps, readDetails } from './details.ts';
import type { TokenPlan } from './token-plan.ts';

/** The life of a token that asks for no other, seconds: CI jobs are short. */
const LIFE = { agent: 900, automation: 900, ci: 600 } as const;

/** The coverage of a token. */
export interface Coverage {
  readonly details: readonly Detail[];
  /** The grants that overlap with the details: they limit the token's life. */
  readonly grants: readonly StandingGrant[];
  /** How many bytes the details take as JSON. */
  readonly bytes: number;
  /** What they allow in compact form, `connection/environment/selector`: the first hundred lines, as the event tells them. */
  readonly allows: WrittenJson;
  readonly allows_count: number;
  /** The slugs of the connections it names. */
  readonly connections: readonly string[];
}

/** What a token that is issued now covers. */
export interface Covered extends Coverage {
  /** Of the connections: what freezes one moves its epoch, and then the token is not issued. */
  readonly epochs: EpochVector;
}

/** What a client is told that asks for more than it is granted, and has not said that it can wait. */
const ASK_A_HUMAN = ' A human can be asked for it: send completion_mode=deferred, and wait.';

/** The most lines of a token's coverage that its event lists. */
const MOST_LINES = 100;

function coverageOf(details: readonly Detail[], grants: readonly StandingGrant[]): Coverage {
  const allows = details.flatMap((detail) => compactScope(detail).map((line) => `${detail.connection}/${line}`));
  const bytes = Buffer.byteLength(JSON.stringify(details));
  const connections = [...new Set(details.map(({ connection }) => connection))];
  const shown = { allows: new WrittenJson(allows.slice(0, MOST_LINES)), allows_count: allows.length };
  return { details, grants, bytes, connections, ...shown };
}

/** The coverage of a token that is not for the gateway. */
export const NO_COVERAGE: Covered = { ...coverageOf([], []), epochs: [] };

/** What grants cover as a whole, by the list of them and the connection: most tokens ask for nothing less, and grants seldom change. */
const wholes = new WeakMap<readonly StandingGrant[], Map<string | undefined, Coverage>>();

/** What grants cover on a connection, or on all of them; remembered where time changes nothing about it. `now` in milliseconds. */
function wholeOf(grants: readonly StandingGrant[], connection: string | undefined, now: number): Coverage {
  const known = wholes.get(grants) ?? new Map<string | undefined, Coverage>();
  const found = known.get(connection);
  if (found !== undefined) return found;
  const standing = standingOf(grants, connection, now);
  const whole = coverageOf(detailsOfGrants(standing), standing);
  if (grants.every(({ expires_at }) => expires_at === null)) wholes.set(grants, known.set(connection, whole));
  return whole;
}

function standingOf(
  grants: readonly StandingGrant[],
  connection: string | undefined,
  now: number,
): readonly StandingGrant[] {
  return grants.filter(
    ({ scope, expires_at }) =>
      (connection === undefined || scope.connection === connection) && (expires_at === null || now < expires_at),
  );
}

/**
 * Tells what a token covers: what was asked; else all of what it is made from; else what the grants cover, in connections that are not
 * frozen. Throws `OAuthError`: `access_denied` without any grant, `invalid_authorization_details`; and `WritError` (`frozen`).
 */
export async function coverage(ctx: Ctx, plan: TokenPlan): Promise<Covered> {
  const { approved } = plan;
  const all = approved === undefined ? await covering(ctx, plan) : coverageOf(approved.details, []);
  const named = approved !== undefined || plan.form.has('authorization_details');
  const covered = await withoutFrozen(ctx, all, named);
  if (plan.client.kind === 'ci' || isJobSubject(plan.origin.sub)) await demandDeployOnly(ctx, covered.details);
  return covered;
}

async function covering(ctx: Ctx, plan: TokenPlan): Promise<Coverage> {
  const { form, resource, facts, origin, client } = plan;
  const connection = resource.kind === 'gateway' ? resource.connection : undefined;
  const all = origin.grants ?? facts.grants;
  const within = origin.within?.filter((detail) => connection === undefined || detail.connection === connection);
  const text = form.get('authorization_details');
  if (text === undefined) {
    const whole = wholeOf(all, connection, ctx.now());
    const details = within ?? whole.details;
    if (whole.grants.length === 0 || details.length === 0) throw noGrant();
    if (within === undefined) return whole;
    return coverageOf(details, await concerned(ctx, { details, grants: whole.grants }));
  }
  const grants = standingOf([...all, ...(await givenToTask(ctx, plan))], connection, ctx.now());
  const { client_id } = client;
  const details = ctx.live.budgets.judge(client_id, () => readDetails(text));
  if (plan.askFor !== undefined && !(await isGranted(ctx, { client_id, details, grants }))) {
    return await plan.askFor(plan, { details, grants });
  }
  const grants_of = origin.grants === undefined ? client_id : origin.grants[0]?.client_id;
  const hint = form.get('grant_type') === GRANT_TYPES.client_credentials ? ASK_A_HUMAN : '';
  await checkDetails(ctx, { details, grants, grants_of, connection, client_id, hint, ...defined({ within }) });
  return coverageOf(details, await concerned(ctx, { details, grants }));
}

/** What humans gave to the task that is continued: named, it is good for a token as the client's grants are (model#token-request). */
async function givenToTask(ctx: Ctx, { task, origin, client, jkt }: TokenPlan): Promise<readonly StandingGrant[]> {
  // What is exchanged brings along what it is within.
  if (task.begins || origin.grants !== undefined) return [];
  const now = ctx.now();
  const { organization_id, store } = ctx;
  const given = await listTaskGrants(store.db, { organization_id, task_id: task.id });
  return taskGrantsAsGrants(countingGrants(given, { client_id: client.client_id, jkt, as_of: now }), now);
}

/**
 * Leaves frozen connections out. A token for one of them alone, or for details that name one, is refused: what is asked for by name is
 * given whole or not at all.
 */
async function withoutFrozen(ctx: Ctx, covered: Coverage, named: boolean): Promise<Covered> {
  const states = await Promise.all(covered.connections.map((slug) => ctx.live.connections.get(slug)));
  const found = states.filter((state) => state !== undefined);
  const epochs = found.map(({ id, epoch }) => ({ scope: 'connection', subject: id, epoch }) as const);
  const frozen = new Map(found.flatMap(({ slug, freeze }) => (freeze === undefined ? [] : [[slug, freeze] as const])));
  const [freeze] = frozen.values();
  if (freeze === undefined) return { ...covered, epochs };
  const details = covered.details.filter(({ connection }) => !frozen.has(connection));
  if (details.length === 0 || named) throw frozenBy(freeze);
  const grants = covered.grants.filter(({ scope }) => !frozen.has(scope.connection));
  return { ...coverageOf(details, grants), epochs };
}

function noGrant(): OAuthError {
  return new OAuthError(
    'access_denied',
    'No grant allows this client anything here. Ask an administrator.',
    'no_grant',
  );
}

/** A grant was deploy-only when it was saved, but an owner may have raised an effect since (model#deploy-only). */
export async function demandDeployOnly(ctx: Ctx, details: readonly Detail[]): Promise<void> {
  for (const [index, detail] of details.entries()) {
    const state = await ctx.live.connections.get(detail.connection);
    const [problem] = state === undefined ? [] : beyondDeploying(state, detail, `${index}.operations`);
    if (problem === undefined) continue;
    throw new OAuthError(
      'invalid_authorization_details',
      `authorization_details ${problem.field} ${problem.problem}: ${problem.found ?? ''}`,
      'not_deploy_only',
    );
  }
}

async function concerned(
  ctx: Ctx,
  { details, grants }: { readonly details: readonly Detail[]; readonly grants: readonly StandingGrant[] },
): Promise<StandingGrant[]> {
  const found: StandingGrant[] = [];
  for (const grant of grants) {
    const state = await ctx.live.connections.get(grant.scope.connection);
    const theirs = details.filter((detail) => detail.connection === grant.scope.connection);
    if (state !== undefined && theirs.some((detail) => overlaps(state, { detail, scope: grant.scope })))
      found.push(grant);
  }
  return found;
}

/** The life of a token that a client asks for, before anything limits it, seconds. */
export function wantedLife({ client, form }: Pick<TokenPlan, 'client' | 'form'>): number {
  return readExpiresIn(form) ?? LIFE[client.kind];
}

/** How long it lives, seconds: at most what the shortest of the grants allows, and never longer than what it is made from. */
export function lifeOf(
  plan: TokenPlan,
  by: { readonly grants: readonly StandingGrant[]; readonly iat: number },
): number {
  const { resource, origin, approved } = plan;
  if (approved !== undefined) return approved.life;
  const limits = by.grants.map(({ max_ttl_seconds }) => max_ttl_seconds ?? DEFAULT_TOKEN_LIFE);
  const most = Math.min(...(resource.kind === 'api' ? [DEFAULT_TOKEN_LIFE] : limits));
  return Math.min(wantedLife(plan), most, origin.most_life, origin.exp - by.iat);
}
