/** What the client of a deferred token request is told (RFC 8628 section 3.5, and the draft in `@writ/tokens`). */
import { inertLine, type JsonObject, type Secret } from '@writ/core';
import type { Approval, TokenRequest } from '@writ/store';
import type { DeferredResponse } from '@writ/tokens';
import type { Services } from '../../context.ts';
import { OAuthError, StillPending } from '../client/oauth-error.ts';

/** The first answer: the code, and where a human looks at the request. */
export function pendingFor(
  { config, now }: Pick<Services, 'config' | 'now'>,
  { approval, request, code }: { readonly approval: Approval; readonly request: TokenRequest; readonly code: Secret },
): OAuthError {
  const { id, state, expires_at, usable_until, task_id } = approval;
  const until = state === 'approved' && usable_until !== null ? usable_until : expires_at;
  const told: DeferredResponse & JsonObject = {
    deferral_code: code.expose(),
    expires_in: Math.max(1, Math.floor((until - now()) / 1000)),
    interval: request.poll_seconds,
    interaction_uri: `${config.publicUrl}/approvals/${id}`,
    task_id,
  };
  const description = 'The grants of this client do not cover that: a human is asked. Poll with the deferral code.';
  return new StillPending('authorization_pending', description, 'asked', {}, told);
}

/** Nobody has answered yet. */
export function stillPending(): OAuthError {
  return new StillPending('authorization_pending', 'Nobody has answered yet. Poll again after the interval.');
}

/** It was asked too early: the client must leave more time from now on, as the new interval says. */
export function slowDown(interval: number): OAuthError {
  const description = `Poll less often: leave ${interval} seconds between two polls.`;
  return new StillPending('slow_down', description, 'early', {}, { interval });
}

/** A human said no. Their reason is the next step. */
export function denied({ id, reason }: Pick<Approval, 'id' | 'reason'>): OAuthError {
  const said = reason === null ? '.' : `: ${inertLine(reason, 500)}`;
  return new OAuthError('access_denied', `A human did not approve it${said}`, 'denied', { approval_id: id });
}

/** Too many requests for it were denied. */
export function endedFor(operations: readonly string[]): OAuthError {
  const named = operations.slice(0, 5).map((name) => inertLine(name, 100));
  const description = `Three requests of this client for a token for ${named.join(', ')} were denied within an hour. Nobody is asked again until a user allows it.`;
  return new OAuthError('access_denied', description, 'denied_too_often');
}

/** The one refusal of a code that is not known, another client's or key's, or that was used already. */
export function codeNotAccepted(reason: string, data: JsonObject = {}): OAuthError {
  return new OAuthError('invalid_grant', 'The deferral code was not accepted.', reason, data);
}

/** Why no token is issued for an approval that is not waiting and cannot be used. */
export function overFor(approval: Approval): OAuthError {
  const { id, state } = approval;
  const data = { approval_id: id };
  switch (state) {
    case 'denied':
      return denied(approval);
    case 'cancelled':
      return new OAuthError('access_denied', 'The request was cancelled.', 'cancelled', data);
    case 'expired':
      return new OAuthError('expired_token', 'The deferral code has expired. Ask again.', 'expired', data);
    case 'approved':
      return new OAuthError('access_denied', 'Who approved it may not do so any more. Ask again.', 'vote_lapsed', data);
    default:
      return codeNotAccepted('redeemed', data);
  }
}
