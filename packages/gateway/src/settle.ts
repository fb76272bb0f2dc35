/** Judges a request and waits where it has to, until it may be sent, or the answer to what Writ has sent of it is there. */
import { type Authorized, type Decision, type Resolved, WritError } from '@writ/core';
import { type JudgeContext, type Judgement, judge } from './judge/judge.ts';
import { type GatewayConnection, type KeptAnswer, type RequestPort, type WaitFacts, Waiting } from './ports.ts';
import { ClientGone } from './take/body.ts';
import { DecidedAgainst, type Exchange } from './take/exchange.ts';
import { type ReadContext, readBody } from './take/read.ts';
import { preferredWait, type WaitContext, waitForHuman } from './take/wait.ts';

/** The parts that this uses. */
export interface SettleContext extends JudgeContext, ReadContext, WaitContext {
  readonly clients: JudgeContext['clients'];
  readonly limits: JudgeContext['limits'] & WaitContext['limits'];
  /** Takes the places of a client; returns a function that gives them back. */
  readonly enterAs: (clientId: string) => () => void;
}

/** A request that is judged, with those by whom it is. */
export interface Judged {
  readonly exchange: Exchange;
  readonly connection: GatewayConnection;
  readonly requestPort: RequestPort;
}

/** A request that is allowed, or the answer to what Writ has sent of it itself. */
export type Settled = ReturnType<typeof allowedOf> | Kept;

/** An answer that is kept, and of which hold. */
interface Kept {
  readonly kept: KeptAnswer;
  readonly hold_id: string;
}

/** Judges a request until it is allowed. One that waits for a human is judged anew from the beginning once the human has decided. */
export async function settle(context: SettleContext, first: Judged): Promise<Settled> {
  const { exchange } = first;
  let current = first;
  let arrived = exchange.arrived;
  let approval_id = exchange.headers.get('writ-approval');
  for (;;) {
    const attempted = await attempt(context, { ...current, arrived, approval_id });
    if (!('facts' in attempted)) return attempted;
    const { facts, decision } = attempted;
    approval_id = facts.open === true ? facts.approval?.approval_id : undefined;
    const until = exchange.arrived + preferredWait(exchange.headers, context.limits.waiting_ms);
    if (approval_id === undefined || until <= context.now()) throw new DecidedAgainst(decision, facts);
    const { requestPort } = current;
    const end = await waitForHuman(context, { exchange, requestPort, approval_id, until });
    if (end === 'over') throw new DecidedAgainst(decision, { ...facts, code: 'approval_pending' });
    if (typeof end === 'object' && end.sent !== true) throw new DecidedAgainst(decision, end);
    current = await again(context, current);
    const kept = typeof end === 'object' ? await keptOf(current, end) : undefined;
    if (kept !== undefined) return kept;
    if (typeof end === 'object') throw new DecidedAgainst(decision, end);
    arrived = context.now();
  }
}

/** The same request with everything that decides read anew, after it has waited. */
async function again(context: SettleContext, { exchange, requestPort: before }: Judged): Promise<Judged> {
  const { client_id } = before.caller;
  const { connection, requestPort } = await before.again();
  exchange.connection = connection;
  exchange.caller = requestPort.caller;
  exchange.leave = context.enterAs(client_id);
  return { exchange, connection, requestPort };
}

interface Attempt extends Judged {
  readonly arrived: number;
  readonly approval_id: string | undefined;
}

/** Judges a request once, and records that. */
async function attempt(
  context: SettleContext,
  { arrived, approval_id, ...request }: Attempt,
): Promise<Settled | { readonly facts: WaitFacts; readonly decision: Decision }> {
  const judged = await judgeOnce(context, { ...request, arrived }).catch((error: unknown) => orKept(request, error));
  if ('kept' in judged) return judged;
  const authorized = await authorize({ ...request, judged, arrived, approval_id });
  if (!(authorized instanceof Waiting)) {
    judged.giveBack();
    return allowedOf(request, { authorized, resolved: judged.resolved });
  }
  const { facts } = authorized;
  return (await keptOf(request, facts)) ?? { facts, decision: judged.decision };
}

function allowedOf(
  { connection, requestPort }: Judged,
  { authorized, resolved }: { readonly authorized: Authorized; readonly resolved: Resolved },
) {
  return { authorized, connection, requestPort, resolved };
}

/** The answer that is kept of a request that Writ has sent itself, if its caller may have it. */
async function keptOf({ exchange, requestPort }: Judged, { sent, hold }: WaitFacts): Promise<Kept | undefined> {
  if (sent !== true || hold === undefined) return undefined;
  const { request_id, response } = exchange;
  if (response.destroyed) throw new ClientGone();
  const { hold_id } = hold;
  const kept = await requestPort.takeAnswer({ request_id, hold_id });
  return kept && { kept, hold_id };
}

/** A call that names what is no more may be one that Writ has sent itself: then its answer is for whoever repeats it. */
async function orKept(request: Judged, error: unknown): Promise<Kept> {
  const { classified } = request.exchange.progress;
  if (!(error instanceof WritError) || error.code !== 'environment_unresolved' || classified === undefined) throw error;
  const facts = await request.requestPort.sentBefore(classified);
  const kept = facts && (await keptOf(request, facts));
  if (kept === undefined) throw error;
  return kept;
}

/** Answers with what is kept, as the client would have got it, and says of which hold it is. */
export function giveKept({ response, request_id }: Exchange, { kept, hold_id }: Kept): void {
  const names = kept.headers.filter((_, at) => at % 2 === 0);
  const headers = names.flatMap((name, at) => (name === 'writ-request' ? [] : [name, kept.headers[2 * at + 1] ?? '']));
  response.writeHead(kept.status, [...headers, 'writ-request', request_id, 'writ-hold', hold_id]);
  response.end(kept.body);
}

async function judgeOnce(
  context: SettleContext,
  { exchange, connection, requestPort, arrived }: Judged & { arrived: number },
) {
  const { caller } = requestPort;
  const { chain, guardrails, client_id: payer } = caller;
  const { request, headers, progress } = exchange;
  const head = {
    method: request.method ?? '',
    target: exchange.route?.target ?? '',
    httpVersion: request.httpVersion,
    headers,
  };
  const body = () => readBody(context, { exchange, caller });
  return await judge(context, { connection, head, body, chain, guardrails, payer, arrived }, progress);
}

interface DecidedExchange extends Judged {
  readonly judged: Judgement;
  readonly arrived: number;
  readonly approval_id: string | undefined;
}

/** Waits until the decision is written down: the point of no return. */
async function authorize(decided: DecidedExchange): Promise<Authorized | Waiting> {
  const { exchange, connection, requestPort, judged, arrived, approval_id } = decided;
  const { request_id, route, response } = exchange;
  const { canonical, resolved, decision } = judged;
  const call = { request_id, canonical, public_base: route?.publicBase ?? '', resolved, decision, arrived };
  const authorized = await requestPort.authorize({ ...call, approval_id, isGone: () => response.destroyed });
  if (authorized instanceof Waiting && decision.result === 'wait') return authorized;
  if (authorized instanceof Waiting || authorized === undefined || decision.result === 'refuse')
    throw new DecidedAgainst(decision);
  const { value } = authorized;
  if (value.forward !== resolved.classified.forward || value.connection_id !== connection.id) {
    throw new WritError('unavailable', {
      cause: new Error('another request was authorized than the one that was judged'),
    });
  }
  return authorized;
}
