/** One attempt to execute a hold: judged anew, marked as being sent, and sent. What came of it is settled afterwards. */
import { Authorized, defined, inertLine, partWords, WritError } from '@writ/core';
import { AnswerKeeper, DecidedAgainst, type ForwardContext, forward, type Outcome } from '@writ/gateway';
import { type Hold, type HoldEnd, markSending } from '@writ/store';
import { joinNow } from '../approvals/join.ts';
import { comparedOf } from '../approvals/use.ts';
import type { Ctx, SystemActor } from '../context.ts';
import { describeCall } from '../explain/described.ts';
import type { Answered } from '../kept/answer.ts';
import { type KeptRequest, keptIdOf, openRequest } from '../kept/request.ts';
import type { ConnectionState } from '../live.ts';
import { authorizeUse, type RecordResult } from '../record/authorize.ts';
import { type DecidedRequest, differences, requestParts } from '../record/digest.ts';
import { type JudgedAgain, judgeAgain } from './judge-again.ts';

/** What sending needs besides the broker's services. */
export type Sending = Omit<ForwardContext, 'now'>;

/**
 * What came of an attempt. `end`: the hold is over. `back`: it is certain that nothing was sent, and the hold goes back, to be tried `again` in
 * a moment, to be claimed by any broker (`claim`), or to wait for a human (`release`).
 */
export type Attempted =
  | { readonly end: HoldEnd; readonly answered?: Answered | undefined }
  | { readonly back: 'again' | 'claim' | 'release'; readonly detail: string };

/** Tries to execute a hold that this broker has claimed. Never throws. */
export async function attemptHold(
  ctx: Ctx<SystemActor>,
  { hold, sending }: { readonly hold: Hold; readonly sending: Sending },
): Promise<Attempted> {
  try {
    const kept = await openRequest(ctx, keptIdOf(hold));
    if (kept === undefined) throw new WritError('approval_expired', { detail: 'The request is not kept any more.' });
    const again = await judgeAgain(ctx, {
      hold,
      kept,
      authorize: (request, state) => goOn(ctx, { hold, request, state }),
    });
    return await send(ctx, { again, kept, sending });
  } catch (error) {
    if (!(error instanceof WritError || error instanceof DecidedAgainst || error instanceof Unrecorded))
      ctx.log.error('hold_failed', error);
    return notSent(error);
  }
}

interface Going {
  readonly hold: Hold;
  readonly request: DecidedRequest;
  readonly state: ConnectionState;
}

/** Uses the hold up, where the request is still the one that was shown. */
async function goOn(ctx: Ctx<SystemActor>, { hold, request: judged, state }: Going): Promise<RecordResult> {
  const { organization_id, live, now } = ctx;
  const { resolved, caller } = judged;
  const asking = { state, payer: caller.client_id, resolved, arrived: now() };
  const request = { ...judged, compared: comparedOf(await describeCall(ctx, asking)) };
  const parts = differences(hold.parts, requestParts(request));
  if (parts.length > 0) {
    const named = parts.map(partWords).join(', ');
    throw new WritError('approval_mismatch', {
      detail: `It is not the request any more that was held: ${named} changed.`,
    });
  }
  const { id, approval_id } = hold;
  const by = { hold_id: id, ...defined({ approval_id: approval_id ?? undefined }) };
  const { request_id } = request;
  return await authorizeUse(ctx, { ...request, by }, async (tx) => {
    if (approval_id !== null) await joinNow(tx, { organization_id, id: approval_id });
    return await markSending(tx, { organization_id, id, broker_id: live.underway.broker_id, request_id });
  });
}

interface Ready {
  readonly again: JudgedAgain;
  readonly kept: KeptRequest;
  readonly sending: Sending;
}

async function send(ctx: Ctx<SystemActor>, { again, kept, sending }: Ready): Promise<Attempted> {
  const { request_id, call, state, judged } = again;
  const { canonical, resolved, decision } = judged;
  const arrived = ctx.now();
  const { public_base, connection, claims } = kept;
  const decided = { request_id, canonical, public_base, resolved, decision };
  const authorized = await call.authorize(decided).catch(retryable);
  if (!(authorized instanceof Authorized))
    return { end: { state: 'refused', code: 'approval_expired', detail: NOT_THEIRS } };
  judged.giveBack();
  const response = new AnswerKeeper();
  let outcome: Outcome | undefined;
  const requestPort = {
    credential: () => call.credential(),
    onStopped: (cut: Parameters<typeof call.onStopped>[0]) => call.onStopped(cut),
    echoed: () => call.echoed(),
    outcome: (told: Outcome) => {
      outcome = told;
      return call.outcome(told);
    },
  };
  const forwarding = {
    request_id,
    arrived,
    authorized,
    resolved,
    connection: state,
    requestPort,
    publicBase: public_base,
  };
  const failure = await forward({ ...sending, now: ctx.now }, { ...forwarding, response }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const answer = response.kept();
  const is_bound = claims.cnf !== undefined;
  const answered = answer && { answer, connection, operations: resolved.operations, is_bound };
  return sent(outcome, { failure, answered });
}

const NOT_THEIRS = 'Those who said yes may not do so any more.';

/** The record may be there although that was not acknowledged: then the hold is given back, and claimed anew as another request. */
function retryable(error: unknown): never {
  if (error instanceof WritError && error.code === 'unavailable') throw new Unrecorded(error);
  throw error;
}

class Unrecorded extends Error {
  constructor(cause: WritError) {
    super(cause.message, { cause });
  }
}

/** What became of a call that was forwarded, by its recorded end. */
function sent(
  outcome: Outcome | undefined,
  { failure, answered }: { readonly failure: unknown; readonly answered: Answered | undefined },
): Attempted {
  const { status, result = 'unknown', cut_reason } = outcome ?? {};
  if (status !== undefined) {
    const why = cut_reason ?? (answered?.answer.body === undefined ? 'too_large' : undefined);
    return { end: { state: 'executed', status, ...defined({ detail: why && NOT_KEPT[why] }) }, answered };
  }
  if (result === 'unknown') return { end: { state: 'unknown', code: 'upstream_outcome_unknown' } };
  const back = cut_reason === undefined ? 'release' : 'claim';
  return { back, detail: failure instanceof Error ? inertLine(failure.message, 300) : 'Nothing was sent.' };
}

const NOT_KEPT: Readonly<Record<string, string>> = {
  too_large: 'The answer is larger than what is kept.',
  credential_echo: "The answer held the connection's root credential and was not kept.",
  redirect: 'The answer was a redirect, which is never followed.',
  encoded: 'The answer came in an encoding that was not asked for.',
  upstream_lost: 'The answer broke off.',
  stopping: 'Writ was stopped before the whole answer was there.',
  revoked: 'The token was revoked before the whole answer was there.',
  frozen: 'A freeze came before the whole answer was there.',
};

/** What becomes of a hold that was not sent, by the reason. */
function notSent(error: unknown): Attempted {
  if (error instanceof Unrecorded) return { back: 'claim', detail: error.message };
  if (error instanceof DecidedAgainst) {
    const code = error.decision.code ?? 'operation_not_granted';
    return { end: { state: 'refused', code, detail: new WritError(code).message } };
  }
  if (!(error instanceof WritError)) return { back: 'release', detail: 'Something went wrong inside Writ.' };
  const { code, message, extras } = error;
  const detail = inertLine(message, 500);
  if (code === 'frozen' || code === 'internal' || extras.ask_human === true) return { back: 'release', detail };
  const passes = code === 'unavailable' || code === 'upstream_unavailable' || code === 'rate_limited';
  if (passes || extras.retry_after !== undefined) return { back: 'again', detail };
  return { end: { state: 'refused', code, detail } };
}
