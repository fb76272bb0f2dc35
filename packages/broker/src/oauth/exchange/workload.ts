/** A workload's own token as the proof of a client of kind `ci`, and what is issued for it (model#workload-token). */
import {
  type CiIdentity,
  canonicalJson,
  type Detail,
  type FederatedAuth,
  inertLine,
  type JsonObject,
} from '@writ/core';
import { type Client, useSubjectToken } from '@writ/store';
import {
  CI_TOKEN_LIFE,
  type ClaimCheck,
  ciSubject,
  failedClaims,
  GRANT_TYPES,
  type RejectionReason,
  type VerifiedSubjectToken,
  verifyForNobody,
  verifySubjectToken,
} from '@writ/tokens';
import { checkView } from '../../clients/trust-test.ts';
import { storedAuth } from '../../clients/view.ts';
import type { Ctx } from '../../context.ts';
import { findClient, type Presented } from '../client/authenticate.ts';
import type { GrantRequest } from '../client/bound-key.ts';
import type { ClientRequest } from '../client/endpoint.ts';
import type { Form } from '../client/form.ts';
import { OAuthError } from '../client/oauth-error.ts';
import { readResource, readTask } from '../issue/asked.ts';
import { issueFor, type TokenResponse } from '../issue/issue.ts';
import { mayAct, type Origin } from '../issue/token-plan.ts';

/** A token request of a workload. */
export interface WorkloadRequest {
  readonly presented: Presented;
  readonly token: string;
}

/**
 * Verifies a workload's token against the one policy that `client_id` names: never any that matches. Every refusal looks the same
 * to the caller; why is in the audit log. Throws `OAuthError`.
 */
export async function proveWorkload(ctx: Ctx, { presented, token }: WorkloadRequest): Promise<ClientRequest> {
  const { form } = presented;
  const client_id = form.get('client_id');
  if (client_id === undefined)
    throw new OAuthError('invalid_request', 'client_id is missing: it names the trust policy.', 'no_policy');
  refuseOtherProof(presented);
  const client = await findClient(ctx, client_id);
  const policy = policyOf(client);
  const about = { policy: inertLine(client_id, 100) };
  if (client === undefined || policy === undefined || client.disabled_at !== null) {
    await verifyForNobody(token, { audience: `${ctx.config.publicUrl}/ci/${client_id}`, now: ctx.now() });
    const known = policy === undefined ? 'other_method' : 'disabled';
    throw notAccepted(form, client === undefined ? 'unknown' : known, about);
  }
  const result = await verifySubjectToken(token, policy, { keys: ctx.live.issuers.find, now: ctx.now() });
  if (result.ok) return { form, client, workload: result };
  if (result.reason === 'issuer_unavailable') throw undecided(about);
  throw notAccepted(form, result.reason, { ...about, ...shown(token, { policy, reason: result.reason }) });
}

/** A workload's token is the whole proof: with another it would be open which of the two counts. */
function refuseOtherProof({ authorization, form }: Presented): void {
  if (authorization === undefined && !form.has('client_assertion') && !form.has('client_secret')) return;
  throw new OAuthError('invalid_request', 'The client must prove itself in exactly one way.', 'two_methods');
}

function policyOf(client: Client | undefined): FederatedAuth | undefined {
  if (client?.kind !== 'ci') return undefined;
  const auth = storedAuth(client.auth);
  return auth.method === 'federated' ? auth : undefined;
}

/** For an administrator: the comparisons that failed. What the signature does not cover is only somebody's claim. */
function shown(
  token: string,
  { policy, reason }: { readonly policy: FederatedAuth; readonly reason: RejectionReason },
): JsonObject {
  const wanted: readonly RejectionReason[] = ['iss', 'aud', 'event', 'pinned_claim'];
  return wanted.includes(reason) ? { checks: failedClaims(token, policy).slice(0, 20).map(shortView) } : {};
}

/** The entry of the audit log stays small, however much a policy lists. */
function shortView(check: ClaimCheck): JsonObject {
  const { name, wanted, found, pass } = checkView(check);
  return {
    name,
    wanted: wanted.slice(0, 5).map((text) => text.slice(0, 100)),
    found: found?.slice(0, 200) ?? null,
    pass,
  };
}

/** The one refusal of a workload's token (RFC 8693 section 2.2.2, RFC 7523 section 3.1). */
function notAccepted(form: Form, reason: string, data: JsonObject): OAuthError {
  const error = form.get('grant_type') === GRANT_TYPES.jwt_bearer ? 'invalid_grant' : 'invalid_request';
  return new OAuthError(error, 'workload token not accepted', reason, data);
}

/** The error where it is not known whether the token is good: the issuer answered neither yes nor no. */
function undecided(about: JsonObject): OAuthError {
  const description =
    'The issuer of the workload token could not be asked for its keys. Nothing was issued; ask again.';
  return new OAuthError('temporarily_unavailable', description, 'issuer_unavailable', about);
}

/** Issues a token to a workload that has proved itself, and uses its proof up. Throws `OAuthError`, or `WritError` (`unavailable`). */
export async function issueToWorkload(ctx: Ctx, request: GrantRequest): Promise<TokenResponse> {
  const { form, client, workload } = request;
  if (workload === undefined) throw notAccepted(form, 'unknown', {});
  const resource = await readResource(ctx, request);
  const task = readTask(request);
  const jkt = await request.provenKey();
  const origin = originOf(ctx, { form, client, workload });
  try {
    return await issueFor(ctx, { ...request, resource, task, jkt, originOf: async () => origin });
  } catch (error) {
    // The policy was replaced or disabled just now: the answer is the same as for those who come later.
    if (error instanceof OAuthError && error.error === 'invalid_client') throw notAccepted(form, error.reason, {});
    throw error;
  }
}

interface Workload {
  readonly form: Form;
  readonly client: Client;
  readonly workload: VerifiedSubjectToken;
}

function originOf(ctx: Ctx, { form, client, workload }: Workload): Origin {
  const { exp } = workload;
  const identity = fitting(workload.identity);
  // Within the leeway of an issuer's clock a token is still accepted, but nothing that outlives it can be made from it.
  if (exp <= Math.floor(ctx.now() / 1000)) throw notAccepted(form, 'exp', {});
  return {
    sub: ciSubject(client.client_id, workload.identity),
    claims: { ci: identity, ...mayAct(client.settings) },
    exp,
    most_life: CI_TOKEN_LIFE,
    parent_jti: null,
    act_chain: [],
    epochs: [],
    data: { ci: Object.fromEntries(Object.entries(identity).map(([name, value]) => [name, value ?? null])) },
    use: once((details) => useUp(ctx, { form, client, workload, details })),
  };
}

/** The most bytes of an identity in a token, which has to fit into a header. */
const MOST_IDENTITY = 2048;

/** As much of an identity as there is room for, the members that identify it first. */
function fitting({ system, subject, ...rest }: CiIdentity): CiIdentity {
  let kept: CiIdentity = { system, subject };
  for (const [name, value] of Object.entries(rest)) {
    const more = { ...kept, [name]: value };
    if (Buffer.byteLength(JSON.stringify(more)) <= MOST_IDENTITY) kept = more;
  }
  return kept;
}

/** Counts the use, in the database. One that its issuer hands out once a job may come again, for the same or fewer details. */
async function useUp(
  ctx: Ctx,
  { form, client, workload, details }: Workload & { readonly details: readonly Detail[] },
) {
  const { organization_id, store } = ctx;
  const { client_id } = client;
  const { issuer, use_id, most, expires_at } = workload.use;
  const used = await useSubjectToken(store.db, {
    organization_id,
    issuer,
    // A job may have one token for each of several policies; a token that is good once is good under one of them.
    use_id: most === 1 ? use_id : `${client_id}/${use_id}`,
    client_id,
    details,
    now: ctx.now(),
    expires_at,
    most,
  });
  if (used === undefined) throw notAccepted(form, most === 1 ? 'replayed' : 'used_up', { policy: client_id });
  if (!isWithin(details, used.details)) throw notAccepted(form, 'wider_than_before', { policy: client_id });
  return { subject_token_uses: used.uses };
}

/**
 * Tells whether details ask for the same as others or less, compared as they are written: each must lie in a single one of the others. In
 * doubt the answer is no: details that are narrower but written otherwise count as wider.
 */
export function isWithin(details: readonly Detail[], others: readonly Detail[]): boolean {
  return details.every((detail) => others.some((other) => isInside(detail, other)));
}

function isInside(detail: Detail, other: Detail): boolean {
  if (detail.connection !== other.connection) return false;
  const environments = other.environments.includes('*') || isSubset(detail.environments, other.environments);
  const operations = isSubset(detail.operations, other.operations);
  const { resources } = other;
  const resourcesFit =
    resources === undefined || (detail.resources !== undefined && isSubset(detail.resources, resources));
  const argumentsFit =
    other.arguments === undefined ||
    (detail.arguments !== undefined && canonicalJson(detail.arguments) === canonicalJson(other.arguments));
  return environments && operations && resourcesFit && argumentsFit;
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

/** A repeated attempt, because something changed while it was recorded, is the same use. */
function once<T>(work: (details: readonly Detail[]) => Promise<T>): (details: readonly Detail[]) => Promise<T> {
  let made: Promise<T> | undefined;
  return (details) => (made ??= work(details));
}
