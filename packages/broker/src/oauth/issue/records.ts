/** The records of an issued token: its claims, its rows, its audit event. */
import { type JsonObject, makeId, type WritableObject } from '@writ/core';
import type { IssuedToken } from '@writ/store';
import { type AccessTokenClaims, MAX_INLINE_DETAILS } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import type { BrokerEvent } from '../../event.ts';
import type { Coverage } from './coverage.ts';
import type { TokenPlan } from './token-plan.ts';

/** How long after its last token a task ends, milliseconds. */
export const TASK_AFTER = 24 * 3_600_000;

/** The most entries that are put into a token itself; more stay in the database, as too large ones do. */
const MOST_INLINE = 16;

/** The values from which claims are made. `iat` and `exp` in seconds. */
export interface ClaimsInput extends TokenPlan {
  readonly covered: Coverage;
  readonly iat: number;
  readonly exp: number;
  readonly task_id: string;
}

/** The identity of a job takes its room too: a token has to fit into a header. */
function isInline({ details, bytes }: Coverage, { ci }: TokenPlan['origin']['claims']): boolean {
  const room = MAX_INLINE_DETAILS - (ci === undefined ? 0 : Buffer.byteLength(JSON.stringify(ci)));
  return details.length <= MOST_INLINE && bytes <= room;
}

/** The claims of the token (RFC 9068). */
export function claimsOf(ctx: Ctx, claiming: ClaimsInput): AccessTokenClaims {
  const { client, resource, covered, iat, exp, task_id, jkt, origin } = claiming;
  const { client_id } = client;
  const jti = makeId('token', { now: ctx.now(), randomBytes: ctx.randomBytes });
  const told =
    covered.details.length === 0
      ? {}
      : isInline(covered, origin.claims)
        ? { authorization_details: [...covered.details] }
        : { authorization_details_id: jti };
  return {
    iss: ctx.config.publicUrl,
    sub: origin.sub,
    aud: resource.aud,
    client_id,
    iat,
    nbf: iat,
    exp,
    jti,
    task_id,
    ...origin.claims,
    ...told,
    ...(jkt !== undefined && { cnf: { jkt } }),
  };
}

/** The values from which rows are made. */
export interface Row {
  readonly plan: TokenPlan;
  readonly claims: AccessTokenClaims;
  readonly kid: string;
  readonly covered: Coverage;
  readonly begins_task: boolean;
}

/** The rows of the token and its task. */
export function rowsOf(ctx: Ctx, { plan, claims, kid, covered, begins_task }: Row): IssuedToken {
  const { organization_id } = ctx;
  const { jti, client_id, task_id, aud, iat, exp } = claims;
  const now = ctx.now();
  const { parent_jti, act_chain, task_client_id = client_id } = plan.origin;
  const purpose = plan.task.begins ? plan.task.purpose : null;
  const times = { issued_at: iat * 1000, expires_at: exp * 1000 };
  const kept = claims.authorization_details_id === undefined ? null : covered.details;
  return {
    begins_task,
    task: {
      organization_id,
      id: task_id,
      client_id: task_client_id,
      purpose,
      created_at: now,
      last_token_at: now,
      ends_at: now + TASK_AFTER,
    },
    token: {
      organization_id,
      jti,
      client_id,
      task_id,
      kid,
      aud,
      ...times,
      details: kept,
      parent_jti,
      act_chain,
      cnf: claims.cnf ?? null,
    },
  };
}

/** The values from which the event is made. */
export interface IssueRecord {
  readonly plan: TokenPlan;
  readonly claims: AccessTokenClaims;
  readonly kid: string;
  readonly covered: Coverage;
  /** The result of using up the origin. */
  readonly used: JsonObject;
}

/** The audit event of a token. */
export function eventOf(ctx: Ctx, { plan, claims, kid, covered, used }: IssueRecord): BrokerEvent {
  const { task, origin } = plan;
  const { jti, client_id, task_id, aud, exp, cnf } = claims;
  const { allows, allows_count } = covered;
  const data: WritableObject = {
    jti,
    kid,
    aud,
    expires_at: new Date(exp * 1000).toISOString(),
    allows,
    allows_count,
    ...(cnf !== undefined && { jkt: cnf.jkt }),
    ...(task.begins && { purpose: task.purpose }),
    ...origin.data,
    ...used,
  };
  const actor = `client:${client_id}`;
  return { kind: 'token.issued', actor, client_id, task_id, result: 'issued', request_id: ctx.request_id, data };
}
