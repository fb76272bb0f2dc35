/** The revocation endpoint's verb (RFC 7009): a client ends a token of its own, or takes a request for one back. */
import { type EpochKey, getToken, revokeTokens, type Token } from '@writ/store';
import { approvalOfCode } from '@writ/tokens';
import { change, record } from '../audit/record.ts';
import type { Ctx, PublicActor } from '../context.ts';
import { answerClient, type ClientRequest, type OAuthReply, type OAuthRequest } from './client/endpoint.ts';
import { readPresented, verifyPresented } from './client/presented-token.ts';
import { cancelDeferred } from './deferred/cancel.ts';

/** More tokens than this are stopped by one epoch, not by one each. */
const MOST_EPOCHS = 500;

/**
 * Revokes a token and all that was exchanged from it; when it answers, none of them is good any more, on any broker. 200 also for a
 * token that is not known, not live, or another client's: then nothing changes, and the log says so. Throws `WritError`:
 * `rate_limited`, and `unavailable` when it is not certain that the token was revoked.
 */
export function revokeOwnToken(ctx: Ctx<PublicActor>, request: OAuthRequest): Promise<OAuthReply> {
  return answerClient(ctx, request, { refused: 'token.revocation_refused', answer });
}

async function answer(ctx: Ctx<PublicActor>, { form, client: { client_id } }: ClientRequest): Promise<undefined> {
  const { organization_id, store } = ctx;
  const code = readPresented(form);
  if (approvalOfCode(code) !== undefined) {
    if (!(await cancelDeferred(ctx, { code, client_id })))
      await record(ctx, { kind: 'token.revocation_ignored', client_id, result: 'unknown' });
    return undefined;
  }
  const verified = await verifyPresented(ctx, code);
  const jti = verified?.claims.jti;
  const token = jti === undefined ? undefined : await getToken(store.db, { organization_id, jti });
  if (token !== undefined && token.client_id === client_id) return await revoke(ctx, token);
  const about = token === undefined ? {} : { jti: token.jti, token_client_id: token.client_id };
  const result = token === undefined ? 'unknown' : 'other_client';
  await record(ctx, { kind: 'token.revocation_ignored', client_id, result, data: about });
  return undefined;
}

async function revoke(ctx: Ctx<PublicActor>, { jti, client_id, task_id }: Token): Promise<undefined> {
  const { organization_id } = ctx;
  return await change(ctx, async (tx) => {
    const revoked = await revokeTokens(tx, { organization_id, now: ctx.now(), selection: { jti } });
    const data = { jti, revoked: revoked.length, by: 'its client' };
    return {
      result: undefined,
      happened: { kind: 'token.revoked', client_id, task_id, result: 'revoked', data },
      // What a human gave to the task with the token has ended too.
      epochs: [...epochsOf(ctx, [...new Set([jti, ...revoked])]), { scope: 'task', subject: task_id }],
    };
  });
}

function epochsOf({ organization_id }: Ctx, jtis: readonly string[]): EpochKey[] {
  if (jtis.length > MOST_EPOCHS) return [{ scope: 'organization', subject: organization_id }];
  return jtis.map((subject) => ({ scope: 'token', subject }));
}
