/** The details of a token request, and the check that every name in them exists (RFC 9396; model#detail). */
import {
  canonicalJson,
  coversEnvironment,
  DETAIL_TYPE,
  type Detail,
  defined,
  detailsSchema,
  type FieldProblem,
  type GrantScope,
  inertLine,
  inputProblems,
  JSON_LIMITS,
  JsonError,
  type JsonObject,
  type JsonValue,
  parseJsonStrictly,
  unstorableProblem,
} from '@writ/core';
import type { Ctx } from '../../context.ts';
import { scopeProblems } from '../../grants/check-scope.ts';
import { coveredBy } from '../../grants/known-operations.ts';
import { namedEnvironments } from '../../live/connections.ts';
import type { ConnectionState, StandingGrant } from '../../live.ts';
import { told } from '../../validation.ts';
import { OAuthError } from '../client/oauth-error.ts';

/** The most bytes of `authorization_details` (model#detail). */
const MOST_BYTES = 8 * 1024;

/** Reads `authorization_details`. Throws `OAuthError` (`invalid_authorization_details`). */
export function readDetails(text: string): Detail[] {
  const value = parse(text);
  const unstorable = unstorableProblem(value);
  if (unstorable !== undefined) throw wrongDetails(pointed(unstorable));
  const read = detailsSchema.safeParse(value);
  if (read.success) return read.data;
  const [first] = inputProblems(read.error, value);
  throw wrongDetails(first === undefined || first.field === '' ? (first?.problem ?? 'is wrong') : pointed(first));
}

function parse(text: string): JsonValue {
  try {
    return parseJsonStrictly(text, { ...JSON_LIMITS, bytes: MOST_BYTES });
  } catch (error) {
    throw error instanceof JsonError ? wrongDetails(error.message) : error;
  }
}

/** A problem inside the details: `0.environments must not be an empty list`. */
function pointed({ field, problem, nearest }: FieldProblem): string {
  return `is wrong: ${field} ${problem}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`;
}

function wrongDetails(problem: string, reason?: string, hint = ''): OAuthError {
  return new OAuthError('invalid_authorization_details', `authorization_details ${problem}.${hint}`, reason);
}

const notGranted = (problem: string, hint: string): OAuthError => wrongDetails(problem, NOT_GRANTED, hint);

/** The facts against which details are checked. */
export interface DetailsCheck {
  /** The budget that pays for the check. */
  readonly client_id: string;
  readonly details: readonly Detail[];
  readonly grants: readonly StandingGrant[];
  /** The details of the token it is made from. */
  readonly within?: readonly Detail[];
  /** Set where the token is for one connection alone. */
  readonly connection: string | undefined;
  /** The client whose grants these are; undefined where that is not known. */
  readonly grants_of: string | undefined;
  /** What a client can do that no grant helps; a sentence. */
  readonly hint?: string;
}

/** Throws `OAuthError` for a name that does not exist, and for a detail that no grant could ever cover. */
export async function checkDetails(ctx: Ctx, asked: DetailsCheck): Promise<void> {
  try {
    await checkEach(ctx, asked);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.reason !== NOT_GRANTED || asked.grants_of === undefined) throw error;
    const beyond = await beyondGrants(ctx, asked);
    throw new OAuthError(error.error, error.message, NOT_GRANTED, { ...beyond, grants_of: asked.grants_of });
  }
}

const NOT_GRANTED = 'not_granted';

/** The details that no grant covers, as the log keeps them: the values of conditions may be secret, so that it only says that there were some. */
async function beyondGrants(ctx: Ctx, { details, grants }: DetailsCheck): Promise<JsonObject> {
  const states = await Promise.all(details.map(({ connection }) => ctx.live.connections.get(connection)));
  const isBeyond = (detail: Detail, state: ConnectionState | undefined) =>
    state === undefined || !grants.some(({ scope }) => overlaps(state, { detail, scope }));
  const beyond = details.filter((detail, index) => isBeyond(detail, states[index]));
  const asked = beyond.map(({ arguments: _, resources, ...names }) => ({
    ...names,
    ...defined({ resources: resources?.map((resource) => inertLine(resource, 300)) }),
  }));
  return { asked, ...(beyond.some((detail) => detail.arguments !== undefined) && { conditions: true }) };
}

async function checkEach(ctx: Ctx, asked: DetailsCheck): Promise<void> {
  for (const [index, detail] of asked.details.entries()) {
    const state = await ctx.live.connections.get(detail.connection);
    ctx.live.budgets.judgeOn(asked.client_id, () => checkDetail(state, { ...asked, detail, index }));
  }
}

/** Throws `OAuthError` for a name that does not exist, whatever the client is granted: a human is to be asked for it. */
export async function checkNames(
  ctx: Ctx,
  { client_id, details, grants, connection }: Omit<DetailsCheck, 'grants_of'>,
): Promise<readonly ConnectionState[]> {
  const states: ConnectionState[] = [];
  for (const [index, detail] of details.entries()) {
    if (connection !== undefined && detail.connection !== connection) throw ofOther(detail, { index, connection });
    const state = await ctx.live.connections.get(detail.connection);
    if (state === undefined)
      throw wrongDetails(`names at ${index} the connection ${detail.connection}, which is not there`);
    states.push(state);
    const mayKnow = grants.some(({ scope }) => scope.connection === detail.connection);
    ctx.live.budgets.judgeOn(client_id, () => {
      const [first] = scopeProblems(state, detail, `${index}.`);
      if (first === undefined) return;
      // Who has no grant there is not told what there is.
      throw mayKnow ? unknown(first) : wrongDetails(`names at ${first.field} what is not there`);
    });
  }
  return states;
}

/** Tells whether each detail is covered by grants whatever is called: every operation in every environment by a single one of them. */
export async function isGranted(
  ctx: Ctx,
  { client_id, details, grants }: Pick<DetailsCheck, 'client_id' | 'details' | 'grants'>,
): Promise<boolean> {
  for (const detail of details) {
    const state = await ctx.live.connections.get(detail.connection);
    if (state === undefined) return false;
    const theirs = grants.map(({ scope }) => scope).filter(({ connection }) => connection === detail.connection);
    if (!ctx.live.budgets.judgeOn(client_id, () => isWhollyGranted(state, detail, theirs))) return false;
  }
  return true;
}

function isWhollyGranted(state: ConnectionState, detail: Detail, scopes: readonly GrantScope[]): boolean {
  const fitting = scopes.filter(({ resources }) => isEvery(detail.resources, resources));
  return detail.environments.every((environment) => {
    const there = fitting.filter((scope) => coversEnvironment(scope, environment));
    return [...coveredBy(state, detail.operations)].every((pair) =>
      there.some((scope) => coveredBy(state, scope.operations).has(pair) && isSameCondition(detail, scope, pair)),
    );
  });
}

function isEvery(some: readonly string[] | undefined, all: readonly string[] | undefined): boolean {
  return all === undefined || some?.every((one) => all.includes(one)) === true;
}

/** Conditions are compared as they are written: in doubt one is another. `pair`: an operation's name, a colon and an effect. */
function isSameCondition(detail: Detail, scope: GrantScope, pair: string): boolean {
  const conditionsOf = (conditions: Detail['arguments'] = {}): JsonValue | undefined => {
    const name = pair.slice(0, pair.lastIndexOf(':'));
    return Object.hasOwn(conditions, name) ? conditions[name] : undefined;
  };
  const wanted = conditionsOf(scope.arguments);
  return wanted === undefined || canonicalJson(wanted) === canonicalJson(conditionsOf(detail.arguments) ?? null);
}

function ofOther(
  { connection: named }: Detail,
  { index, connection }: { readonly index: number; readonly connection: string },
): OAuthError {
  return wrongDetails(`names ${named} at ${index}, but the token is for ${connection}`);
}

function unknown(first: Parameters<typeof told>[0]): OAuthError {
  const problem = told(first);
  const meant = problem.nearest === undefined ? '' : ` (did you mean ${problem.nearest}?)`;
  return wrongDetails(`${problem.field} ${problem.problem}: ${problem.found ?? ''}${meant}`);
}

function checkDetail(
  state: ConnectionState | undefined,
  {
    detail,
    index,
    grants,
    within,
    connection,
    hint = '',
  }: DetailsCheck & { readonly detail: Detail; readonly index: number },
): void {
  if (connection !== undefined && detail.connection !== connection) throw ofOther(detail, { index, connection });
  const theirs = grants.filter(({ scope }) => scope.connection === detail.connection);
  // A client without a grant on a connection is not told whether it exists.
  if (state === undefined || theirs.length === 0)
    throw notGranted(
      `names the connection ${detail.connection} at ${index}, which no grant of this client covers`,
      hint,
    );
  // The answer names only one problem, so no other is looked for.
  const [first] = scopeProblems(state, detail, `${index}.`);
  if (first !== undefined) throw unknown(first);
  if (!theirs.some(({ scope }) => overlaps(state, { detail, scope }))) {
    throw notGranted(`asks at ${index} for what no grant of this client covers`, hint);
  }
  if (within?.some((scope) => overlaps(state, { detail, scope })) === false) {
    throw wrongDetails(`asks at ${index} for what the exchanged token does not cover`);
  }
}

/** Tells whether any operation, in any environment, is covered by both. */
export function overlaps(
  state: ConnectionState,
  both: { readonly detail: Detail; readonly scope: GrantScope },
): boolean {
  const { detail, scope } = both;
  if (detail.connection !== scope.connection) return false;
  const somewhere = namedEnvironments(state).some(
    ({ slug }) => coversEnvironment(detail, slug) && coversEnvironment(scope, slug),
  );
  if (!somewhere) return false;
  const theirs = coveredBy(state, scope.operations);
  return [...coveredBy(state, detail.operations)].some((pair) => theirs.has(pair));
}

/** What a client's grants cover, as details. */
export function detailsOfGrants(grants: readonly StandingGrant[]): Detail[] {
  // Limits are the client's, whatever its tokens name: they are no part of a detail.
  return grants.map(({ scope: { limits: _, ...scope } }) => ({ type: DETAIL_TYPE, ...scope }));
}
