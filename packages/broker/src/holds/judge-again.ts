/** A request that waited, decided anew from the beginning: as everything stands now, but for what has expired since it came. */
import { makeId, WritError } from '@writ/core';
import { DEFAULT_LIMITS, HeaderTable, type JudgeInput, type Judgement, judge, type Progress } from '@writ/gateway';
import type { Hold } from '@writ/store';
import type { Ctx, SystemActor } from '../context.ts';
import { AuthenticatedCall } from '../gateway/authenticated-call.ts';
import type { KeptRequest } from '../kept/request.ts';
import type { ConnectionState } from '../live.ts';
import type { RecordResult } from '../record/authorize.ts';
import type { DecidedRequest } from '../record/digest.ts';

/** A request that is about to be sent by Writ itself. */
export interface JudgedAgain {
  readonly request_id: string;
  readonly state: ConnectionState;
  readonly call: AuthenticatedCall;
  readonly judged: Judgement;
}

/** A hold that this broker has claimed, and its request. `authorize`: see `WaitedCall`. */
export interface Waited {
  readonly hold: Hold;
  readonly kept: KeptRequest;
  authorize(request: DecidedRequest, state: ConnectionState): Promise<RecordResult>;
}

/**
 * Judges the request of a hold. Throws `WritError` with the reason for which a request that comes now would be refused, but never because
 * its token, its task or what the token was exchanged for has expired since it came.
 */
export async function judgeAgain(ctx: Ctx<SystemActor>, { hold, kept, authorize }: Waited): Promise<JudgedAgain> {
  const { live, now } = ctx;
  const state = await live.connections.get(kept.connection);
  if (state === undefined || state.id !== hold.connection_id) throw new WritError('connection_unknown');
  const token = { kid: kept.kid, claims: kept.claims };
  const reload = () => live.callers.asOf(token, { connection_id: state.id, as_of: kept.asked_at });
  const facts = await reload();
  const call = new AuthenticatedCall(ctx, {
    state,
    authenticated: { token, facts },
    waited: { authorize: (request) => authorize(request, state), reload },
  });
  const progress: Progress = { operations: [], read: false };
  const judged = await judge(
    { clients: live.budgets, limits: DEFAULT_LIMITS, now },
    { ...headAndBody(kept), connection: state, ...of(call), arrived: now() },
    progress,
  );
  const { result, code } = judged.decision;
  if (result === 'refuse') throw new WritError(code ?? 'operation_not_granted');
  return { request_id: makeId('request', { now: now(), randomBytes: ctx.randomBytes }), state, call, judged };
}

function of({ caller }: AuthenticatedCall): Pick<JudgeInput, 'chain' | 'guardrails' | 'payer'> {
  const { chain, guardrails, client_id: payer } = caller;
  return { chain, guardrails, payer };
}

function headAndBody({ method, path, query, headers, body }: KeptRequest): Pick<JudgeInput, 'head' | 'body'> {
  const bytes = Uint8Array.from(Buffer.from(body, 'base64'));
  const target = query === '' ? path : `${path}?${query}`;
  return {
    head: { method, target, httpVersion: '1.1', headers: new HeaderTable(Object.entries(headers).flat()) },
    body: async () => bytes,
  };
}
