/** The grant type `deferred`: a client asks what became of its request, and gets the token, once. */
import {
  type Approval,
  claimApproval,
  getApproval,
  getTask,
  getTokenRequest,
  grantToTask,
  notePoll,
  type TokenRequest,
} from '@writ/store';
import { approvalOfCode, DEFERRAL, hashDeferralCode, parseResource } from '@writ/tokens';
import { usedEvent } from '../../approvals/events.ts';
import { joinNow } from '../../approvals/join.ts';
import { whenDecided } from '../../approvals/when-decided.ts';
import type { Ctx } from '../../context.ts';
import { waitInPlace } from '../../live/place.ts';
import type { GrantRequest } from '../client/bound-key.ts';
import { OAuthError } from '../client/oauth-error.ts';
import type { Resource } from '../issue/asked.ts';
import { issueFor, type TokenResponse } from '../issue/issue.ts';
import { type ApprovedToken, ownOrigin } from '../issue/token-plan.ts';
import { codeNotAccepted, overFor, slowDown, stillPending } from './answers.ts';

/** What was asked stays as it was asked: a poll with one of these would mean to change it. */
const FIXED = [
  'authorization_details',
  'resource',
  'audience',
  'scope',
  'task',
  'task_id',
  'expires_in',
  DEFERRAL.mode,
];

/**
 * Issues the token of a request that a human has approved. Throws `OAuthError`: `authorization_pending`, `slow_down`, `access_denied`,
 * `expired_token`, `invalid_grant`; and what issuing throws: what decides is looked at now, not as it was when the human said yes.
 */
export async function issueDeferred(ctx: Ctx, request: GrantRequest): Promise<TokenResponse> {
  const { form, client } = request;
  const fixed = FIXED.find((name) => form.has(name));
  if (fixed !== undefined)
    throw new OAuthError('invalid_request', `${fixed} cannot change what was asked: leave it out of a poll.`);
  const code = form.get(DEFERRAL.code);
  if (code === undefined) throw new OAuthError('invalid_request', `${DEFERRAL.code} is missing.`);
  const jkt = await request.provenKey();
  const found = await findOwn(ctx, { code, client_id: client.client_id });
  if (found === undefined) throw codeNotAccepted('unknown');
  if ((found.jkt ?? undefined) !== jkt) throw codeNotAccepted('binding', { approval_id: found.approval_id });
  const approval = await whenAnswered(ctx, request, found);
  const { organization_id, store } = ctx;
  const task = await getTask(store.db, { organization_id, id: found.task_id });
  if (task === undefined || task.ended_at !== null)
    throw new OAuthError('access_denied', 'The task has ended.', 'task_ended', { approval_id: found.approval_id });
  // Who has gone uses nothing: the token would be lost with the answer.
  if (approval.state === 'pending' || request.gone?.aborted === true) throw stillPending();
  if (approval.state !== 'approved') throw overFor(approval);
  // Read anew: what is given was written with the yes, which may have come while the client waited.
  const given = await getTokenRequest(store.db, { organization_id, id: found.approval_id });
  if (given === undefined) throw codeNotAccepted('unknown');
  return await issueFor(ctx, {
    ...request,
    resource: resourceOf(ctx, found),
    task: { begins: false, id: found.task_id },
    jkt,
    originOf: async (facts) => ({ ...ownOrigin(facts.client), data: { approval_id: found.approval_id } }),
    approved: approvedToken(ctx, given, approval),
  });
}

/** The request that a code of this client is for. The same for a code that is not known, and for one of another client. */
export async function findOwn(
  { organization_id, store }: Ctx,
  { code, client_id }: { readonly code: string; readonly client_id: string },
): Promise<TokenRequest | undefined> {
  const id = approvalOfCode(code);
  const found = id === undefined ? undefined : await getTokenRequest(store.db, { organization_id, id });
  const isOwn = found?.client_id === client_id && found.code_hashes.includes(hashDeferralCode(code));
  return isOwn ? found : undefined;
}

/** What became of the request; where the client would wait for that, once a human has decided, or that time is over. */
async function whenAnswered(ctx: Ctx, request: GrantRequest, { approval_id: id }: TokenRequest): Promise<Approval> {
  const { organization_id, store } = ctx;
  const now = async (): Promise<Approval> => {
    const approval = await getApproval(store.db, { organization_id, id });
    if (approval === undefined) throw codeNotAccepted('unknown');
    return approval;
  };
  const before = await now();
  if (before.state !== 'pending') return before;
  const { early, poll_seconds } = await notePoll(store.db, { organization_id, id });
  if (early) throw slowDown(poll_seconds);
  await wait(ctx, request, before);
  return await now();
}

async function wait(ctx: Ctx, { client, wait_ms = 0, gone, proved }: GrantRequest, asked: Approval): Promise<void> {
  if (wait_ms === 0) return;
  const { client_id } = client;
  await waitInPlace(ctx.live.budgets, client_id, async () => {
    const stopping = new AbortController();
    const offStop = ctx.live.underway.onStop(() => stopping.abort());
    const ends = [AbortSignal.timeout(wait_ms), stopping.signal, ...(gone === undefined ? [] : [gone])];
    try {
      proved?.(client_id);
      await whenDecided(ctx, asked, AbortSignal.any(ends));
    } finally {
      offStop();
    }
  });
}

function resourceOf({ config }: Ctx, { aud }: TokenRequest): Resource {
  const asked = parseResource(aud, config.publicUrl);
  return { kind: 'gateway', aud, ...(asked?.kind === 'connection' && { connection: asked.connection }) };
}

/** What is issued, and how the approval is used up by it: in the transaction that records the token, by one of any number at once. */
function approvedToken(ctx: Ctx, request: TokenRequest, approval: Approval): ApprovedToken {
  const { organization_id } = ctx;
  const { client_id, task_id, life } = request;
  const { id, digest } = approval;
  return {
    details: request.given ?? request.asked,
    life,
    use: async (tx, { jti, seconds }) => {
      await joinNow(tx, { organization_id, id });
      const used = await claimApproval(tx, { organization_id, id, client_id, task_id, digest, used_by: jti });
      if (used === undefined) throw overFor((await getApproval(tx, { organization_id, id })) ?? approval);
      await grantToTask(tx, { organization_id, id, jti, seconds });
      return {
        happened: [{ ...usedEvent(used), actor: `client:${client_id}`, request_id: ctx.request_id }],
        changes: [
          { kind: 'approval', subject: id },
          { kind: 'task', subject: task_id },
        ],
      };
    },
  };
}
