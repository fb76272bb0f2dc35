/** The end of a request that an error stopped at any step: a recorded refusal, and an answer. */
import { type ClientKind, type Decision, defined, type ErrorCode, WritError } from '@writ/core';
import type { RefusedRequest } from '@writ/providers';
import { rejectionReason } from '@writ/tokens';
import { errorKind, type GatewayLog } from '../log.ts';
import type { GatewayConnection, GatewayPorts, WaitFacts } from '../ports.ts';
import { ForwardFailure } from '../send/forward.ts';
import { ClientGone } from '../take/body.ts';
import { DecidedAgainst, type Exchange } from '../take/exchange.ts';
import { TWO_TOKENS } from '../take/present.ts';
import type { Site } from '../take/route.ts';
import { prefersAsync } from '../take/wait.ts';
import { challengeFor, deny } from './deny.ts';
import { gatewayCode, problemFor } from './problem.ts';

/** The parts that refusing uses. */
export interface RefuseContext {
  readonly ports: Pick<GatewayPorts, 'refused'>;
  readonly log: GatewayLog;
  readonly site: Site;
}

interface Cause {
  readonly error: WritError;
  readonly code: ErrorCode;
  readonly sent: boolean;
  /** True if the refusal is recorded already, by `authorize` or as the outcome. */
  readonly recorded: boolean;
  /** Of a call that waits for a human. */
  readonly waiting?: WaitFacts;
}

/** Refuses an exchange. A refusal of an authenticated caller that cannot be recorded is answered as `unavailable`. */
export async function refuse(context: RefuseContext, refused: { exchange: Exchange; error: unknown }): Promise<void> {
  const { exchange, error } = refused;
  if (error instanceof ClientGone) {
    exchange.response.destroy();
    return;
  }
  const cause = causeOf(context, exchange, error);
  answer(context, exchange, cause.recorded ? cause : await record(context, exchange, cause));
}

function causeOf(context: RefuseContext, exchange: Exchange, error: unknown): Cause {
  if (error instanceof DecidedAgainst) {
    const { decision, waiting } = error;
    const code = gatewayCode(waiting?.code ?? decision.code ?? 'operation_not_granted');
    // What was recorded is told: a limit may have refused what the rules alone let through.
    exchange.progress.decision = decision;
    return { error: new WritError(code), code, sent: false, recorded: true, ...defined({ waiting }) };
  }
  if (error instanceof ForwardFailure) {
    return { error: error.reason, code: gatewayCode(error.reason.code), sent: error.sent, recorded: true };
  }
  if (error instanceof WritError) {
    const code = gatewayCode(error.code);
    const shown = code === error.code ? error : foreign(context, exchange, { error, code });
    return { error: shown, code, sent: false, recorded: false };
  }
  logFault(context, exchange, error);
  return { error: new WritError('unavailable'), code: 'unavailable', sent: false, recorded: false };
}

/** Handles codes that are not the gateway's. An error that a person must correct is told with its detail; any other is a fault in Writ. */
function foreign(
  context: RefuseContext,
  exchange: Exchange,
  { error, code }: { readonly error: WritError; readonly code: ErrorCode },
): WritError {
  if (error.extras.ask_human === true) return new WritError(code, { detail: error.message, ask_human: true });
  logFault(context, exchange, error);
  return new WritError(code);
}

function logFault(context: RefuseContext, exchange: Exchange, error: unknown): void {
  context.log.error({ request_id: exchange.request_id, ...errorKind(error) }, 'a request failed inside the gateway');
}

/** Records the refusal, and returns what is to be answered. If that failed, the caller is told only that Writ is unavailable. */
async function record(context: RefuseContext, exchange: Exchange, cause: Cause): Promise<Cause> {
  const { caller, progress } = exchange;
  const connection = knownOf(exchange);
  const { holder } = cause.error.extras;
  const reason = rejectionReason(cause.error);
  try {
    const instead = await context.ports.refused({
      request_id: exchange.request_id,
      address: exchange.arrival.source.address,
      ...(connection !== undefined && { connection: connection.slug }),
      ...(caller !== undefined && { caller }),
      code: cause.code,
      detail: cause.error.message,
      ...(reason !== undefined && { reason }),
      ...(holder !== undefined && { holder }),
      operations: progress.operations,
      ...decisionOf(exchange, cause.code),
    });
    return instead === undefined ? cause : { ...cause, error: instead, code: gatewayCode(instead.code) };
  } catch (error) {
    context.log.error({ request_id: exchange.request_id, ...errorKind(error) }, 'a refusal was not recorded');
    return caller === undefined ? cause : { ...cause, error: new WritError('unavailable'), code: 'unavailable' };
  }
}

function answer(context: RefuseContext, exchange: Exchange, cause: Cause): void {
  const { request_id, progress } = exchange;
  const connection = knownOf(exchange);
  const { code, error } = cause;
  const { retry_after, ask_human } = error.extras;
  const client_kind = exchange.caller?.client_kind ?? error.extras.holder?.kind;
  const problem = problemFor({
    code,
    request_id,
    authenticated: client_kind !== undefined && code !== 'invalid_token',
    operations: progress.operations,
    sent: cause.sent,
    detail: error.message,
    grant_url: `${context.site.publicUrl}/grants/new?request=${request_id}`,
    ...(cause.waiting === undefined
      ? decisionOf(exchange, code)
      : { waiting: cause.waiting, ...defined({ decision: progress.decision }) }),
    ...(retry_after !== undefined && { retry_after }),
    ...(ask_human !== undefined && { ask_human }),
  });
  const challenge = challengeFor({
    code,
    presented: exchange.presented,
    two_tokens: error.extras.detail === TWO_TOKENS,
    scheme: error.extras.dpop === undefined ? exchange.scheme : 'DPoP',
    dpop_error: error.extras.dpop?.error,
    metadata: `${context.site.publicUrl}/.well-known/oauth-protected-resource/gateway/${connection?.slug ?? ''}`,
  });
  deny(
    { ...exchange, log: context.log },
    {
      problem,
      refused: refusedRequest(exchange, client_kind),
      ...(connection !== undefined && { provider: connection.provider }),
      ...(challenge !== undefined && { challenge }),
      ...(error.extras.dpop?.nonce !== undefined && { dpop_nonce: error.extras.dpop.nonce }),
      ...defined({ accepted_at: acceptedAt(exchange, cause) }),
    },
  );
}

/** Where the client follows the hold that was made of its request, if it asked not to wait for it. */
function acceptedAt({ headers }: Exchange, { code, waiting }: Cause): string | undefined {
  return code === 'held' && prefersAsync(headers) ? waiting?.hold?.status_url : undefined;
}

function refusedRequest(
  { request, headers, route, progress }: Exchange,
  client_kind: ClientKind | undefined,
): RefusedRequest {
  const [path = ''] = (route?.target ?? '').split('?', 1);
  return {
    method: request.method ?? '',
    path,
    accept: headers.all('accept').join(', '),
    content_type: headers.get('content-type') ?? '',
    client_kind,
    read: progress.read,
  };
}

/** The connection's slug and provider, as far as they are known by now: for the log, and for the shape of the refusal. */
function knownOf({ connection, port }: Exchange): Pick<GatewayConnection, 'slug' | 'provider'> | undefined {
  const provider = connection?.provider ?? port?.provider;
  return port === undefined || provider === undefined ? undefined : { slug: port.slug, provider };
}

/** Returns the decision, if it is the reason of the refusal. */
function decisionOf({ progress: { decision } }: Exchange, code: ErrorCode): { readonly decision?: Decision } {
  return decision?.code === code ? { decision } : {};
}
