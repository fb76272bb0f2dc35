/** One request after its token was checked, and what is recorded of it until it has ended. */
import {
  type Authorized,
  type Classified,
  type Decision,
  decide,
  defined,
  onceFor,
  type ResolvedOperation,
  WritError,
} from '@writ/core';
import type {
  Caller,
  Credential,
  DecidedCall,
  KeptAnswer,
  Outcome,
  RequestPort,
  StopReason,
  WaitFacts,
  Waiting,
} from '@writ/gateway';
import type { EpochVector } from '@writ/store';
import { sentBefore, takeAnswer } from '../approvals/sent.ts';
import { type UsedOrAsked, useOrAsk } from '../approvals/use.ts';
import { whenDecided } from '../approvals/when-decided.ts';
import type { Services } from '../context.ts';
import type { AuthenticatedToken } from '../dpop/authenticate-token.ts';
import type { BrokerEvent } from '../event.ts';
import { reliesOn } from '../live/callers.ts';
import type { ConnectionState, TokenFacts, UnderwayRequest } from '../live.ts';
import { authorize, type RecordResult } from '../record/authorize.ts';
import type { DecidedRequest } from '../record/digest.ts';
import { flagCredential } from '../record/flag.ts';

/** What an authenticated request is made of: its connection and its token. */
interface CallParts {
  readonly state: ConnectionState;
  readonly authenticated: AuthenticatedToken;
  /** How a call goes on that had to wait; absent for one that has just come. */
  readonly waited?: WaitedCall;
}

/** What a call that had to wait does otherwise than one that has just come. */
export interface WaitedCall {
  /** Records that it goes on, and uses up what it waited for. Throws where it may not go on. */
  authorize(request: DecidedRequest): Promise<RecordResult>;
  /** Reads the caller as it stands now, but for what has expired since the request came. */
  reload(): Promise<TokenFacts>;
}

/** One request after its token was checked. */
export class AuthenticatedCall implements RequestPort {
  readonly caller: Caller;
  readonly #services: Services;
  readonly #state: ConnectionState;
  readonly #token: AuthenticatedToken['token'];
  /** The epochs on which it was authenticated: the record of its decision is conditional on them. */
  readonly #epochs: EpochVector;
  readonly #waited: WaitedCall | undefined;
  #underway: UnderwayRequest | undefined;
  #authorized: Authorized | undefined;

  constructor(services: Services, { state, authenticated, waited }: CallParts) {
    this.caller = callerOf(authenticated);
    this.#services = services;
    this.#state = state;
    this.#token = authenticated.token;
    this.#epochs = authenticated.facts.epochs;
    this.#waited = waited;
  }

  async authorize(call: DecidedCall): Promise<Authorized | Waiting | undefined> {
    const { client_id, task_id } = this.caller;
    const facts = { client_id, task_id, connection: this.#state.slug };
    const request = this.#services.live.underway.begin(call.request_id, facts);
    let waiting: Waiting | undefined;
    try {
      ({ authorized: this.#authorized, waiting } = await this.#record(call));
    } catch (error) {
      // Where a commit was not acknowledged, nobody knows whether the record is there.
      if (error instanceof WritError && error.code === 'unavailable') request.doubt();
      else request.end();
      throw error;
    }
    if (this.#authorized === undefined) request.end();
    else request.allowed(this.#authorized.value.audit_seq ?? 0);
    this.#underway = request;
    return this.#authorized ?? waiting;
  }

  async whenDecided(approval_id: string, signal: AbortSignal): Promise<WaitFacts | undefined> {
    return await whenDecided(this.#services, { id: approval_id, task_id: this.caller.task_id }, signal);
  }

  async sentBefore(classified: Classified): Promise<WaitFacts | undefined> {
    return await sentBefore(this.#services, { caller: this.caller, connection: this.#state, classified });
  }

  async takeAnswer(taken: { readonly request_id: string; readonly hold_id: string }): Promise<KeptAnswer | undefined> {
    const is_bound = this.#token.claims.cnf !== undefined;
    const epochs = epochsWith(this.#state)(this.#epochs);
    return await takeAnswer(this.#services, { ...taken, caller: this.caller, is_bound, epochs });
  }

  async again(): Promise<Awaited<ReturnType<RequestPort['again']>>> {
    const { live } = this.#services;
    const { slug, id: connection_id } = this.#state;
    const state = await live.connections.get(slug);
    if (state === undefined) throw new WritError('connection_unknown');
    const facts = await live.callers.reload(this.#token, { connection_id });
    const { content_digest } = this.caller;
    const authenticated = { token: this.#token, facts, ...defined({ content_digest }) };
    return { connection: state, requestPort: new AuthenticatedCall(this.#services, { state, authenticated }) };
  }

  async credential(): Promise<Credential> {
    return await this.#state.box.open(this.#demandAuthorized());
  }

  async echoed(): Promise<void> {
    await flagCredential(this.#services, this.#demandAuthorized().value);
  }

  async outcome(outcome: Outcome): Promise<void> {
    const event = this.#outcomeEvent(outcome);
    try {
      // Until this is recorded, the request counts as under way: if the broker is killed meanwhile, its end is recorded as not known.
      await this.#services.audit.appendLater(event);
    } catch (error) {
      this.#underway?.keep(event);
      throw error;
    }
    this.#underway?.end();
  }

  /** Looks again at what the caller relies on, where it has changed. What cannot be read counts as revoked. */
  onStopped(cut: (reason: StopReason) => void): () => void {
    const { live } = this.#services;
    const offStop = live.underway.onStop(cut);
    const offChange = live.onChange((change) => {
      if (change === undefined || reliesOn({ epochs: this.#epochs }, change)) void this.#lookAgain(cut);
    });
    return () => {
      offStop();
      offChange();
    };
  }

  async #lookAgain(cut: (reason: StopReason) => void): Promise<void> {
    const { connections } = this.#services.live;
    try {
      await this.#reload();
      if ((await connections.get(this.#state.slug)) === undefined) cut('revoked');
    } catch (error) {
      cut(error instanceof WritError && error.code === 'frozen' ? 'frozen' : 'revoked');
    }
  }

  #reload(): Promise<TokenFacts> {
    if (this.#waited !== undefined) return this.#waited.reload();
    return this.#services.live.callers.reload(this.#token, { connection_id: this.#state.id });
  }

  #demandAuthorized(): Authorized {
    if (this.#authorized !== undefined) return this.#authorized;
    throw new WritError('internal', { cause: new Error('the request was not authorized') });
  }

  /**
   * Records the decision. When something it relied on has changed, everything is read anew: a caller that was stopped is refused for that
   * reason; a request that the new rules decide in the same way goes on, once.
   */
  async #record(call: DecidedCall): Promise<UsedOrAsked> {
    if (this.#waited === undefined) refuseExpired(this.#services.now(), this.#token);
    const recorded = await this.#attempt(call, { caller: this.caller, epochs: this.#epochs });
    const { stale } = recorded;
    if (stale.length === 0) return recorded;
    const { live } = this.#services;
    live.forget(stale);
    // It is judged anew from the beginning: its record is of what was shown when it began to wait.
    if (this.#waited !== undefined) throw changedMeanwhile();
    const facts = await this.#reload();
    const caller = callerOf({ facts });
    const decision = this.#decideAnew(call, caller);
    const again = await this.#attempt({ ...call, decision }, { caller, epochs: facts.epochs });
    if (again.stale.length > 0) throw changedMeanwhile();
    return again;
  }

  #attempt(
    call: DecidedCall,
    { caller, epochs }: { readonly caller: Caller; readonly epochs: EpochVector },
  ): Promise<UsedOrAsked> {
    const state = this.#state;
    const { request_id, resolved, decision } = call;
    const environments = environmentsOf(resolved.operations);
    const request = {
      ...{ request_id, resolved, decision },
      broker_id: this.#services.live.underway.broker_id,
      connection: state,
      caller,
      environments,
      credential_version: state.box.versionFor(environments),
      epochs: epochsWith(state)(epochs),
    };
    if (this.#waited !== undefined) return this.#waited.authorize(request);
    if (decision.result === 'wait') return useOrAsk(this.#services, { call, state, token: this.#token, request });
    return authorize(this.#services, request);
  }

  /** Decides by the rules as they are now. Throws where these decide otherwise. */
  #decideAnew({ resolved, decision }: DecidedCall, { chain, guardrails }: Caller): Decision {
    const { operations } = resolved;
    const again = decide({ connection: this.#state.slug, chain, guardrails, operations, now: this.#services.now() });
    if (again.result !== decision.result || again.code !== decision.code) throw changedMeanwhile();
    return again;
  }

  #outcomeEvent({ status, result, cut_reason, duration_ms }: Outcome): BrokerEvent {
    const { request_id, audit_seq } = this.#demandAuthorized().value;
    const { client_id, task_id } = this.caller;
    return {
      kind: 'request.ended',
      actor: 'system',
      client_id,
      task_id,
      connection: this.#state.slug,
      result,
      request_id,
      data: {
        ...(audit_seq !== undefined && { decided_in: audit_seq }),
        ...(status !== undefined && { status }),
        ...(cut_reason !== undefined && { cut_reason }),
        duration_ms: Math.round(duration_ms),
      },
    };
  }
}

/** The environments that operations reach; those of a call that is made again are the same list. */
const environmentsOf = onceFor((operations: readonly ResolvedOperation[]): readonly string[] => [
  ...new Set(operations.flatMap(({ environments }) => environments.map(({ slug }) => slug))),
]);

/** What a call relies on: its token, and the connection as it was loaded. One list for all calls of both, since it is written once. */
const epochsWith = onceFor(({ id, epoch }: ConnectionState) =>
  onceFor((epochs: EpochVector): EpochVector => [...epochs, { scope: 'connection', subject: id, epoch }]),
);

function callerOf({ facts, content_digest }: Pick<AuthenticatedToken, 'facts' | 'content_digest'>): Caller {
  const { client, client_id, task_id, jti, kid, act_chain, chain, guardrails } = facts;
  const demands = content_digest === undefined ? {} : { content_digest };
  return { client_id, client_kind: client.kind, task_id, jti, kid, act_chain, chain, guardrails, ...demands };
}

/** Reading a body and asking the provider takes a caller's time: the token may have expired since it was authenticated. */
function refuseExpired(now: number, { claims }: AuthenticatedToken['token']): void {
  if (claims.exp > Math.floor(now / 1000)) return;
  throw new WritError('invalid_token', { detail: 'The token expired while the request was judged.' });
}

function changedMeanwhile(): WritError {
  return new WritError('unavailable', {
    detail: 'What decides about this request was changed while it was judged.',
    retry_after: 1,
  });
}
