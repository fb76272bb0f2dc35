/** Joins the gateway to the rest of the broker: who calls, what is recorded, which credential is opened. */
import { type Authorized, type Decision, decide, inertLine, makeId, WritError } from '@writ/core';
import type { AuthorizeRequest, Caller, GatewayPorts, Outcome, RefusalRecord, StopReason } from '@writ/gateway';
import type { EpochVector } from '@writ/store';
import type { VerifiedAccessToken } from '@writ/tokens';
import type { BrokerEvent } from '../audit/record.ts';
import type { Services } from '../context.ts';
import { type Admitted, admitToken, verifyAlone } from '../dpop/admit.ts';
import { reliesOn } from '../live/callers.ts';
import type { Known } from '../live/underway.ts';
import { authorize } from '../record/authorize.ts';
import { flagCredential } from '../record/flag.ts';
import { refusedData } from '../record/request-event.ts';
import { holderOf } from './holder.ts';

/** What the gateway carries for us in `Caller.epochs`. */
interface Carried {
  readonly token: VerifiedAccessToken;
  readonly epochs: EpochVector;
}

const carried = new WeakMap<Caller, Carried>();

/** Makes the ports. */
export function createGatewayPorts(services: Services): GatewayPorts {
  const { live, now } = services;
  const { underway } = live;
  return {
    now,
    requestId: () => makeId('request', { now: now(), randomBytes: services.randomBytes }),
    tokenHeaders: [...new Set([...services.providers.values()].flatMap(({ tokenHeaders }) => tokenHeaders))],
    providerOf: (slug) => live.connections.providerOf(slug),
    verify: async (presented, slug) => {
      await verifyAlone(services, { ...presented, audience: audienceOf(services, slug) });
    },
    connection: (slug) => live.connections.get(slug),
    authenticate: async (presented, slug) => {
      const connection = await live.connections.get(slug);
      if (connection === undefined) throw new WritError('connection_unknown');
      const audience = audienceOf(services, slug);
      return callerOf(await admitToken(services, { presented, audience, connection_id: connection.id }));
    },
    stoppedKind: (error) => holderOf(error)?.kind,
    authorize: (request) => authorizeRequest(services, request),
    refused: (record) => recordRefusal(services, record),
    outcome: async (authorized, outcome) => {
      const { request_id } = authorized.value;
      const event = outcomeEvent(authorized, { outcome, known: underway.find(request_id) });
      await services.audit.append(event).catch((error: unknown) => {
        underway.keep(request_id, event);
        throw error;
      });
      underway.end(request_id);
    },
    credential: (authorized) => {
      const known = underway.find(authorized.value.request_id);
      if (known === undefined) throw new WritError('internal', { cause: new Error('no such request is under way') });
      return live.connections.stateOf(known.connection).box.open(authorized);
    },
    echoed: (authorized) => flagCredential(services, authorized.value),
    onRevoked: (caller, slug, cut) => watch(services, { caller, slug, cut }),
  };
}

function audienceOf({ config }: Services, slug: string): string[] {
  const base = `${config.publicUrl}/gateway`;
  return [base, `${base}/${slug}`];
}

function callerOf({ token, facts, content_digest }: Admitted): Caller {
  const { client, client_id, task_id, jti, kid, act_chain, chain, guardrails, epochs } = facts;
  const client_kind = client.kind;
  const demands = content_digest === undefined ? {} : { content_digest };
  const caller: Caller = {
    client_id,
    client_kind,
    task_id,
    jti,
    kid,
    act_chain,
    chain,
    guardrails,
    epochs,
    ...demands,
  };
  carried.set(caller, { token, epochs });
  return caller;
}

function carriedBy(caller: Caller): Carried {
  const found = carried.get(caller);
  if (found === undefined) throw new WritError('internal', { cause: new Error('a caller of nobody') });
  return found;
}

/**
 * Records the decision. When something it relied on has moved, everything is read anew: what was stopped is refused as such; what
 * is decided the same by the rules as they are now goes on, once.
 */
async function authorizeRequest(services: Services, request: AuthorizeRequest): Promise<Authorized | undefined> {
  const { underway } = services.live;
  underway.begin(request.request_id);
  const authorized = await decided(services, request).catch((error: unknown) => {
    // Of a commit that was not acknowledged nobody knows whether it is there.
    if (error instanceof WritError && error.code === 'unavailable') underway.doubt(request.request_id);
    else underway.end(request.request_id);
    throw error;
  });
  if (authorized === undefined) underway.end(request.request_id);
  else underway.allowed(request.request_id, { seq: authorized.value.audit_seq ?? 0, known: request });
  return authorized;
}

async function decided(services: Services, request: AuthorizeRequest): Promise<Authorized | undefined> {
  const state = services.live.connections.stateOf(request.connection);
  const { token, epochs } = carriedBy(request.caller);
  refuseExpired(services, token);
  const reached = request.resolved.operations.flatMap(({ environments }) => environments.map(({ slug }) => slug));
  const attempt = (caller: Caller, vector: EpochVector) =>
    authorize(services, {
      ...request,
      broker_id: services.live.underway.broker_id,
      caller,
      credential_version: state.box.versionFor([...new Set(reached)]),
      epochs: [...vector, { scope: 'connection', subject: state.id, epoch: state.epoch }],
    });
  let { authorized, stale } = await attempt(request.caller, epochs);
  if (stale.length > 0) {
    services.live.forget(stale);
    const facts = await services.live.callers.reload(token, { connection_id: state.id });
    const caller = callerOf({ token, facts });
    refuseChanged(services, { request, caller });
    ({ authorized, stale } = await attempt(caller, facts.epochs));
    if (stale.length > 0) throw changedMeanwhile();
  }
  return authorized;
}

/** Reading a body and asking the provider takes a caller's time: the token may have expired since it was admitted. */
function refuseExpired({ now }: Services, { claims }: VerifiedAccessToken): void {
  if (claims.exp > Math.floor(now() / 1000)) return;
  throw new WritError('invalid_token', { detail: 'The token expired while the request was judged.' });
}

/** Throws when the decision would be another one by the rules as they are now. */
function refuseChanged(
  services: Services,
  { request, caller }: { readonly request: AuthorizeRequest; readonly caller: Caller },
): void {
  const again: Decision = decide({
    connection: request.connection.slug,
    chain: caller.chain,
    guardrails: caller.guardrails,
    operations: request.resolved.operations,
    now: services.now(),
  });
  if (again.result !== request.decision.result || again.code !== request.decision.code) throw changedMeanwhile();
}

function changedMeanwhile(): WritError {
  return new WritError('unavailable', {
    detail: 'What decides about this request was changed while it was judged.',
    retry_after: 1,
  });
}

async function recordRefusal(services: Services, record: RefusalRecord): Promise<void> {
  const { caller, connection, operations } = record;
  const holder = caller ?? holderOf(record.error);
  const event: BrokerEvent = {
    kind: 'request.refused',
    ...(holder === undefined
      ? {}
      : { actor: `client:${holder.client_id}`, client_id: holder.client_id, task_id: holder.task_id }),
    ...(connection === undefined ? {} : { connection: inertLine(connection, 100) }),
    operations: operations.slice(0, 40).map(({ name }) => inertLine(name, 200)),
    result: record.code,
    request_id: record.request_id,
    data: {
      ...(holder === undefined ? {} : { jti: holder.jti }),
      ...(caller === undefined ? { address: inertLine(record.address, 100) } : {}),
      ...(caller === undefined ? {} : { act_chain: caller.act_chain }),
      detail: inertLine(record.detail, 1000),
      ...(record.reason === undefined ? {} : { reason: record.reason }),
      ...refusedData(record, services.deriveKey('audit_digest')),
    },
  };
  // Strangers, tokens that were stopped, and callers that ask too often: nothing bounds how many of these come.
  if (caller === undefined || record.code === 'rate_limited') await services.live.refusals.count(record.address, event);
  else await services.audit.append(event);
}

interface Ended {
  readonly outcome: Outcome;
  readonly known: Known | undefined;
}

function outcomeEvent(authorized: Authorized, { outcome, known }: Ended): BrokerEvent {
  const { request_id, audit_seq } = authorized.value;
  const { status, result, cut_reason, duration_ms } = outcome;
  return {
    kind: 'request.ended',
    actor: 'system',
    ...(known === undefined
      ? {}
      : { client_id: known.caller.client_id, task_id: known.caller.task_id, connection: known.connection.slug }),
    result,
    request_id,
    data: {
      ...(audit_seq === undefined ? {} : { decided_in: audit_seq }),
      ...(status === undefined ? {} : { status }),
      ...(cut_reason === undefined ? {} : { cut_reason }),
      duration_ms: Math.round(duration_ms),
    },
  };
}

interface Watch {
  readonly caller: Caller;
  readonly slug: string;
  readonly cut: (reason: StopReason) => void;
}

/** Looks again at what the caller relies on and has changed; what cannot be looked at counts as revoked. */
function watch({ live }: Services, { caller, slug, cut }: Watch): () => void {
  const { token, epochs } = carriedBy(caller);
  const connection_id = epochs.find(({ scope }) => scope === 'connection')?.subject;
  const offStop = live.underway.onStop(cut);
  const offChange = live.onChange((change) => {
    if (change !== undefined && !reliesOn({ epochs }, change)) return;
    live.callers
      .reload(token, connection_id === undefined ? {} : { connection_id })
      .then(async () => {
        if ((await live.connections.get(slug)) === undefined) cut('revoked');
      })
      .catch((error: unknown) => cut(error instanceof WritError && error.code === 'frozen' ? 'frozen' : 'revoked'));
  });
  return () => {
    offStop();
    offChange();
  };
}
