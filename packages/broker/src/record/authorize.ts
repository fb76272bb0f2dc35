/**
 * The point of no return: the only file that makes an `Authorized`. A client's request gets one after its decision is durable
 * in the audit log; the broker's own question only for what the catalog holds to be a read.
 */
import { type Authorized, type Classified, makeId, WritError } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import type { GatewayConnection } from '@writ/gateway';
import type { EpochKey } from '@writ/store';
import type { Services } from '../context.ts';
import type { DecidedRequest } from './digest.ts';
import { requestEvent, staleEvent } from './request-event.ts';

/** What authorizing works with. */
export type AuthorizeContext = Pick<Services, 'audit' | 'deriveKey'>;

/** What recording gave. `stale`: epochs that moved meanwhile; then a refusal was recorded in its place. */
export interface RecordResult {
  /** Only for `allow` with no epoch stale. */
  readonly authorized?: Authorized;
  readonly stale: readonly EpochKey[];
}

/**
 * Records a decision, waits until it is durable, and returns the proof for `allow`. Throws `WritError` (`unavailable`) when it
 * could not be recorded.
 */
export async function authorize(ctx: AuthorizeContext, request: DecidedRequest): Promise<RecordResult> {
  const event = requestEvent(request, ctx.deriveKey('audit_digest'));
  const { seq, stale } = await ctx.audit.append(event, { epochs: request.epochs, instead: () => staleEvent(event) });
  if (stale.length > 0 || request.decision.result !== 'allow') return { stale };
  const { connection, resolved, environments } = request;
  const authorized = makeAuthorized({
    kind: 'request',
    connection_id: connection.id,
    origin: connection.origin,
    environments,
    request_id: request.request_id,
    audit_seq: seq,
    forward: resolved.classified.forward,
  });
  return { authorized, stale };
}

/** One of the broker's own questions to a provider. */
export interface OwnQuestion {
  readonly connection: Pick<GatewayConnection, 'id' | 'origin'>;
  readonly classified: Classified;
}

/** Authorizes the broker's own question. Throws `WritError` (`internal`) for anything that is not a read by the catalog. */
export function authorizeRead(
  { now, randomBytes }: Pick<Services, 'now' | 'randomBytes'>,
  { connection, classified }: OwnQuestion,
): Authorized {
  const { forward, operations } = classified;
  const worse = operations.find((operation) => operation.effect !== 'read');
  if (worse !== undefined || operations.length === 0) {
    throw new WritError('internal', {
      cause: new Error(`a question of the broker's own is not a read: ${worse?.name}`),
    });
  }
  const { id: connection_id, origin } = connection;
  const request_id = makeId('request', { now: now(), randomBytes });
  return makeAuthorized({ kind: 'read', connection_id, origin, environments: [], request_id, forward });
}
