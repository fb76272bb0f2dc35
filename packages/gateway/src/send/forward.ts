/** The last step: sends an authorized request, streams the answer, and records how it ended, once. */
import { type Authorized, type Resolved, WritError } from '@writ/core';
import { errors } from 'undici';
import type { GatewayLimits } from '../limits.ts';
import { errorKind, type GatewayLog } from '../log.ts';
import type { Credential, GatewayConnection, Outcome, RequestPort } from '../ports.ts';
import type { AnswerSink } from './answer-sink.ts';
import type { Dispatch } from './dial.ts';
import { EchoGuard, searcherFor } from './echo-guard.ts';
import { type CutReason, Relay, type RelayEnd } from './relay.ts';
import { upstreamRequest } from './upstream-request.ts';

/** The parts that forwarding uses. */
export interface ForwardContext {
  readonly now: () => number;
  readonly dispatch: Dispatch;
  readonly limits: Pick<GatewayLimits, 'idle_ms'>;
  readonly log: GatewayLog;
}

/** One request to forward. */
export interface ForwardCall {
  readonly request_id: string;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly arrived: number;
  readonly authorized: Authorized;
  readonly resolved: Resolved;
  readonly connection: GatewayConnection;
  readonly requestPort: Pick<RequestPort, 'credential' | 'onStopped' | 'echoed' | 'outcome'>;
  readonly publicBase: string;
  readonly response: AnswerSink;
}

/**
 * The error for a call of which the client got no byte of an answer, so that it can get a refusal. It says whether the request had left.
 */
export class ForwardFailure extends Error {
  readonly reason: WritError;
  readonly sent: boolean;

  constructor(reason: WritError, sent: boolean) {
    super(reason.message, { cause: reason });
    this.name = 'ForwardFailure';
    this.reason = reason;
    this.sent = sent;
  }
}

/**
 * Forwards a call. Resolves when the answer is delivered, or cut off after some of it was; throws `ForwardFailure` when the client got
 * nothing yet.
 */
export async function forward(context: ForwardContext, call: ForwardCall): Promise<void> {
  const end = await attemptAll(context, call);
  record(context, { call, end });
  if (end.cut === 'credential_echo') await flagEcho(context, call);
  if (end.cut === undefined && end.error === undefined) return;
  if (end.cut === 'client_gone' || end.delivered) call.response.destroy();
  else throw new ForwardFailure(reasonOf(call, end), end.sent);
}

/** Sends the request, and sends it once more if it only reads and no byte of an answer came. */
async function attemptAll(context: ForwardContext, call: ForwardCall): Promise<RelayEnd> {
  const prepared = await prepare(context, call);
  const first = await attempt(context, prepared);
  return mayRepeat(call, first) ? attempt(context, prepared) : first;
}

/** Opens the credential and builds the request. An error here is recorded as an outcome too. */
async function prepare(context: ForwardContext, call: ForwardCall): Promise<Attempt> {
  try {
    const credential = await call.requestPort.credential();
    const signature = await credential.sign(call.authorized.value.forward);
    const request = upstreamRequest(call.connection, { authorized: call.authorized, signature });
    return { call, credential, request };
  } catch (error) {
    record(context, { call, end: NOTHING_SENT });
    throw error;
  }
}

const NOTHING_SENT: RelayEnd = { sent: false, answered: false, delivered: false };

const onlyReads = (call: ForwardCall): boolean =>
  call.resolved.operations.every((operation) => operation.effect === 'read');

function mayRepeat(call: ForwardCall, end: RelayEnd): boolean {
  if (end.error === undefined || !end.sent || end.answered || call.response.destroyed) return false;
  return onlyReads(call) && !(end.error instanceof errors.HeadersTimeoutError);
}

interface Attempt {
  readonly call: ForwardCall;
  readonly credential: Credential;
  readonly request: ReturnType<typeof upstreamRequest>;
}

function attempt(context: ForwardContext, { call, credential, request }: Attempt): Promise<RelayEnd> {
  const { response, connection } = call;
  return new Promise((done) => {
    const operations = call.resolved.operations;
    const relay = new Relay({
      response,
      guard: new EchoGuard(searcherFor(credential.secret)),
      rewrite: { connection, publicBase: call.publicBase, from: request.target.origin },
      request_id: call.request_id,
      mayRedirect:
        operations.length > 0 && operations.every(({ name }) => connection.provider.wire.redirects?.has(name) === true),
      idle_ms: context.limits.idle_ms,
      onSent: () => connection.upstream.forwarded(operations),
      onEnd: (end) => {
        stopListening();
        response.off('close', onClose);
        // Facts that were read from the provider while the call was under way may be older than its effect, so they are dropped.
        if (end.sent) connection.upstream.forwarded(operations);
        done(end);
      },
    });
    const onClose = (): void => relay.cut('client_gone');
    const stopListening = call.requestPort.onStopped((why) => relay.cut(why));
    if (response.destroyed) relay.cut('client_gone');
    response.on('close', onClose);
    try {
      context.dispatch(request.target, request.options, relay);
    } catch (error) {
      relay.fail(error instanceof Error ? error : new Error('the request could not be dispatched'));
    }
  });
}

function record(context: ForwardContext, { call, end }: { readonly call: ForwardCall; readonly end: RelayEnd }): void {
  const duration_ms = Math.max(0, context.now() - call.arrived);
  const outcome: Outcome = { ...resultOf(call, end), duration_ms };
  call.requestPort.outcome(outcome).catch((error: unknown) => {
    context.log.error(
      { request_id: call.request_id, ...errorKind(error) },
      'the outcome of a request was not recorded',
    );
  });
}

function resultOf(call: ForwardCall, end: RelayEnd): Omit<Outcome, 'duration_ms'> {
  const status = end.status === undefined ? {} : { status: end.status };
  // A call that was sent and got no status may have been carried out by the provider.
  const unknown = end.status === undefined && end.sent && !onlyReads(call);
  if (end.cut !== undefined) return { ...status, result: unknown ? 'unknown' : 'cut', cut_reason: end.cut };
  if (end.status !== undefined && end.error === undefined) return { ...status, result: 'answered' };
  if (end.status !== undefined) return { ...status, result: 'cut', cut_reason: 'upstream_lost' };
  return { result: unknown ? 'unknown' : 'unavailable' };
}

async function flagEcho(context: ForwardContext, call: ForwardCall): Promise<void> {
  context.log.error(
    { request_id: call.request_id, connection: call.connection.slug },
    'the provider echoed a root credential',
  );
  try {
    await call.requestPort.echoed();
  } catch (error) {
    context.log.error({ request_id: call.request_id, ...errorKind(error) }, 'an echoed credential was not flagged');
  }
}

const DETAILS: Readonly<Record<Exclude<CutReason, 'revoked' | 'frozen' | 'client_gone'>, string>> = {
  stopping: 'Writ was stopped while the provider worked.',
  credential_echo: "The provider's answer held the connection's root credential and was withheld.",
  redirect: 'The provider answered with a redirect, which is never followed.',
  encoded: 'The provider answered in an encoding that was not asked for, and its answer was withheld.',
};

function reasonOf(call: ForwardCall, end: RelayEnd): WritError {
  const harmless = !end.sent || onlyReads(call);
  if (harmless && end.cut === 'revoked') return new WritError('invalid_token');
  if (harmless && end.cut === 'frozen') return new WritError('frozen');
  const detail = detailOf(end);
  return new WritError(harmless ? 'upstream_unavailable' : 'upstream_outcome_unknown', {
    detail,
    ...(end.error !== undefined && { cause: end.error }),
  });
}

function detailOf(end: RelayEnd): string {
  if (end.cut === 'revoked' || end.cut === 'frozen') return 'The token was stopped while the provider worked.';
  if (end.cut !== undefined && end.cut !== 'client_gone') return DETAILS[end.cut];
  if (!end.sent) return 'The provider could not be reached.';
  return end.answered ? "The provider's answer broke off." : 'The provider did not answer.';
}
