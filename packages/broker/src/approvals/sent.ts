/** What Writ has sent itself, at a human's word: its client cannot send it, and gets the answer that is kept (model#hold). */
import { type Classified, decide } from '@writ/core';
import type { Caller, GatewayConnection, KeptAnswer, WaitFacts } from '@writ/gateway';
import { type EpochVector, findSentHold, getHold } from '@writ/store';
import type { Services } from '../context.ts';
import { type KeptReply, openAnswer } from '../kept/answer.ts';
import { holdEvent } from '../kept/hold.ts';
import { isOf, keptIdOf } from '../kept/request.ts';
import { sentParts } from '../record/digest.ts';
import { staleEvent } from '../record/request-event.ts';
import { toldSent } from './told.ts';

/** A request that may have been sent before. */
export interface RepeatedCall {
  readonly caller: Caller;
  readonly connection: GatewayConnection;
  readonly classified: Classified;
}

/**
 * What its caller is told of a request that Writ has sent itself within a day: the same bytes of the same client, act chain and task. What it
 * did may be why it could not be judged to the end any more.
 */
export async function sentBefore(services: Services, call: RepeatedCall): Promise<WaitFacts | undefined> {
  const { store, organization_id } = services;
  const { client_id, task_id, act_chain } = call.caller;
  const parts = sentParts(call);
  const hold = await findSentHold(store.db, { organization_id, client_id, task_id, act_chain, parts });
  return hold === undefined ? undefined : toldSent(services, hold);
}

/** Who takes a kept answer, by which request, and the epochs by which that one stands. */
export interface Taking {
  readonly hold_id: string;
  readonly request_id: string;
  readonly caller: Caller;
  /** True if its token is bound to a key. */
  readonly is_bound: boolean;
  readonly epochs: EpochVector;
}

/**
 * Gives a kept answer, once that is in the log. Undefined where none is kept whole, where the caller would not be covered for the request
 * now, or where what the caller relies on was stopped meanwhile.
 */
export async function takeAnswer(services: Services, taking: Taking): Promise<KeptAnswer | undefined> {
  const { organization_id, store, audit, now } = services;
  const { hold_id: id, request_id, caller, is_bound, epochs } = taking;
  const hold = await getHold(store.db, { organization_id, id });
  if (hold === undefined || !isOf(hold, caller)) return undefined;
  const reply = await openAnswer(services, keptIdOf(hold));
  if (reply === undefined || reply.body === null) return undefined;
  if (!covers({ ...caller, is_bound, now: now() }, reply)) return undefined;
  const draft = holdEvent('hold.result_taken', { hold, data: { jti: caller.jti } });
  const event = { ...draft, actor: `client:${caller.client_id}`, request_id };
  const { stale } = await audit.append(event, { epochs, instead: () => staleEvent(event) });
  if (stale.length > 0) return undefined;
  return { status: reply.status, headers: reply.headers, body: Buffer.from(reply.body, 'base64') };
}

/** Whether a token would cover the request of an answer now, and is bound to a key where that request's was. */
export function covers(
  { chain, is_bound, now }: Pick<Caller, 'chain'> & { readonly is_bound: boolean; readonly now: number },
  reply: Pick<KeptReply, 'connection' | 'operations' | 'is_bound'>,
): boolean {
  if (reply.is_bound && !is_bound) return false;
  const { connection, operations } = reply;
  // Coverage alone is asked for: that it was approved, or waited, is past.
  const { pairs } = decide({ connection, chain, guardrails: [], operations, now });
  return pairs.length > 0 && pairs.every(({ covered }) => covered);
}
