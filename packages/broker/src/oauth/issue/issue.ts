/** Issues a token: covered, bound to a task, recorded, and given out only if nothing that decided has changed meanwhile. */
import { type Detail, makeId, WritError } from '@writ/core';
import { continueTask, type EpochVector, getTask, type IssuedToken, readEpochs } from '@writ/store';
import { mintAccessToken } from '@writ/tokens';
import type { Ctx } from '../../context.ts';
import { demandStillProved } from '../client/authenticate.ts';
import { OAuthError } from '../client/oauth-error.ts';
import { noSuchTask, readExpiresIn } from './asked.ts';
import { coverage, lifeOf, NO_COVERAGE } from './coverage.ts';
import { recordApproved } from './record-approved.ts';
import { claimsOf, eventOf, rowsOf } from './records.ts';
import type { TokenOrder, TokenPlan } from './token-plan.ts';

/** What the endpoint answers (RFC 6749 section 5.1, RFC 8693 section 2.2.1, RFC 9396 section 7). */
export interface TokenResponse {
  readonly access_token: string;
  readonly issued_token_type?: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_in: number;
  /** The life that was asked for, where the token's is shorter. */
  readonly expires_in_asked?: number;
  readonly authorization_details?: readonly Detail[];
  readonly task_id: string;
}

/** Issues a token. Throws `OAuthError`, or `WritError` (`unavailable`) when it could not be recorded. */
export async function issueFor(ctx: Ctx, order: TokenOrder): Promise<TokenResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const facts = await ctx.live.clients.facts(order.client.client_id);
    demandStillProved(order.client, facts.client);
    const issued = await issue(ctx, { ...order, facts, origin: await order.originOf(facts) });
    if (issued !== undefined) return issued;
    // Something it relies on was changed while it was recorded: it is tried again with what holds now, three times in all.
    if (attempt === 3)
      throw new WritError('unavailable', { detail: 'What decides about this token keeps changing.', retry_after: 1 });
  }
}

async function issue(ctx: Ctx, plan: TokenPlan): Promise<TokenResponse | undefined> {
  const { facts, resource, form, origin } = plan;
  const covered = resource.kind === 'gateway' ? await coverage(ctx, plan) : NO_COVERAGE;
  const iat = Math.floor(ctx.now() / 1000);
  const life = lifeOf(plan, { grants: covered.grants, iat });
  if (life < 1) throw new OAuthError('invalid_request', 'What the token is to be made from has just expired.', 'exp');
  const { task_id, begins_task, epochs } = await taskOf(ctx, plan, [
    ...facts.epochs,
    ...origin.epochs,
    ...covered.epochs,
  ]);
  const used = (await origin.use?.(covered.details)) ?? {};
  const key = await ctx.live.keys.active(facts.client.settings.access_token_signing_alg);
  const claims = claimsOf(ctx, { ...plan, covered, iat, exp: iat + life, task_id });
  const issued = rowsOf(ctx, { plan, claims, kid: key.kid, covered, begins_task });
  await extendTask(ctx, issued);
  const event = eventOf(ctx, { plan, claims, kid: key.kid, covered, used });
  // A key's epoch moves once: when it is compromised, and then it signs nothing more.
  const relied: EpochVector = [...epochs, { scope: 'key', subject: key.kid, epoch: 0 }];
  const { stale } =
    plan.approved === undefined
      ? await ctx.audit.append(event, {
          epochs: relied,
          instead: () => ({ ...event, kind: 'token.refused', result: 'stale' }),
          issued,
        })
      : await recordApproved(ctx, plan.approved, { event, epochs: relied, issued, seconds: life });
  if (stale.length > 0) {
    ctx.live.forget(stale);
    return undefined;
  }
  return {
    access_token: mintAccessToken(claims, key),
    token_type: plan.jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: life,
    ...shortened(readExpiresIn(form), life),
    ...(resource.kind === 'gateway' && { authorization_details: covered.details }),
    task_id,
  };
}

/** The life that was asked for, where the token's is shorter; clients ignore members that they do not know (RFC 6749 section 5.1). */
function shortened(asked: number | undefined, life: number): { readonly expires_in_asked?: number } {
  return asked === undefined || asked <= life ? {} : { expires_in_asked: asked };
}

/**
 * Moves the end of a task that is continued, before the token is recorded: under the log's lock nothing waits for a task. Throws
 * `WritError` (`task_ended`).
 */
async function extendTask(ctx: Ctx, { begins_task, task }: IssuedToken): Promise<void> {
  if (begins_task) return;
  const { organization_id, id, client_id, last_token_at: now, ends_at } = task;
  if ((await continueTask(ctx.store.db, { organization_id, id, client_id, now, ends_at })) !== undefined) return;
  throw new WritError('task_ended', { detail: 'The task has ended: begin another one.' });
}

/** The task of a token, and the epochs on which it is conditional. */
export interface FoundTask {
  readonly task_id: string;
  readonly begins_task: boolean;
  readonly epochs: EpochVector;
}

/** The task of a token: a new one, or a live one with its epoch. Throws `OAuthError`, `WritError` (`frozen`). */
export async function taskOf(ctx: Ctx, { task, client, origin }: TokenPlan, epochs: EpochVector): Promise<FoundTask> {
  if (task.begins) {
    const task_id = makeId('task', { now: ctx.now(), randomBytes: ctx.randomBytes });
    return { task_id, begins_task: true, epochs };
  }
  const { organization_id, store } = ctx;
  const own = await readEpochs(store.db, { organization_id, keys: [{ scope: 'task', subject: task.id }] });
  const found = await getTask(store.db, { organization_id, id: task.id });
  const live = found !== undefined && found.ended_at === null && found.ends_at > ctx.now();
  if (!live || found.client_id !== (origin.task_client_id ?? client.client_id)) throw noSuchTask();
  await ctx.live.clients.refuseFrozenTask(task.id);
  return { task_id: task.id, begins_task: false, epochs: [...epochs, ...own] };
}
