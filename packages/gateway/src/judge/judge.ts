/**
 * The one function that judges a request, up to its decision. The gateway calls it before it sends; `explain`, which tells what the gateway
 * would do, calls it and sends nothing.
 */
import {
  type Canonical,
  type ChainLink,
  type Decision,
  decide,
  type Guardrail,
  type Resolved,
  refuseUncoverable,
  WritError,
} from '@writ/core';
import type { GatewayLimits } from '../limits.ts';
import type { GatewayConnection } from '../ports.ts';
import { tooLarge } from '../take/body.ts';
import type { Progress } from '../take/exchange.ts';
import { canonicalHead, canonicalise, type RawRequest } from './canonicalise.ts';
import { checkHead, type Head } from './check-head.ts';
import { classify } from './classify.ts';
import type { ClientBudgets } from './client-budgets.ts';
import { resolve } from './resolve.ts';

/** The parts that judging uses. `now` in milliseconds. */
export interface JudgeContext {
  readonly clients: ClientBudgets;
  readonly limits: Pick<GatewayLimits, 'body_bytes'>;
  readonly now: () => number;
}

/** A request to be judged, and the caller it is judged for. */
export interface JudgeInput {
  readonly connection: GatewayConnection;
  readonly head: Head & RawRequest;
  /** Reads the body; called after the head was accepted. */
  readonly body: () => Promise<Uint8Array>;
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  /** The owner of the budget that is charged for judging and for questions to the provider: a client's id, or the key of a person. */
  readonly payer: string;
  /** When the request arrived, in milliseconds. */
  readonly arrived: number;
}

/** The result of judging to the end, with any decision. */
export interface Settled {
  readonly resolved: Resolved;
  readonly decision: Decision;
  /** Gives back what asking the provider cost, for a call that is then sent. */
  giveBack(): void;
}

/** A request that was judged to the end, and as it came: what the decision is made from anew, if the call has to wait. */
export interface Judgement extends Settled {
  readonly canonical: Canonical;
}

/**
 * Judges a request. Throws `WritError` for a request that is refused before the decision: what `checkHead`, `canonicalise`, `classify` and
 * `resolve` throw, and `request_too_large`. It also throws the code of the decision when nothing covers the call in any environment: the
 * provider was then not asked, and `progress.decision` says why.
 */
export async function judge(context: JudgeContext, input: JudgeInput, progress: Progress): Promise<Judgement> {
  const { clients, limits } = context;
  const { connection, head, payer } = input;
  checkHead(head);
  const canonicalised = canonicalHead(head, connection.provider);
  const body = await input.body();
  if (body.length > limits.body_bytes) throw tooLarge(limits.body_bytes);
  const canonical = canonicalise(canonicalised, body);
  progress.read = true;
  const work = () => clients.judge(payer, () => classify(connection, canonical));
  const classified = body.length > SHORT_BODY ? await clients.inTurn(payer, work) : work();
  progress.classified = classified;
  progress.operations = classified.operations;
  refuseUncovered(context, input, progress);
  return { canonical, ...(await settle(context, input, progress)) };
}

/** The longest body that is judged at once, in bytes. A longer one takes milliseconds, and is judged in the client's turn. */
const SHORT_BODY = 2 * 1024;

/** The second half of judging: asks the provider what the call reaches, and decides. Throws what `resolve` throws. */
export async function settle(
  { clients, now }: Pick<JudgeContext, 'clients' | 'now'>,
  { connection, chain, guardrails, payer, arrived }: JudgeInput,
  progress: Progress,
): Promise<Settled> {
  const { classified } = progress;
  if (classified === undefined) throw new WritError('internal', { cause: new Error('nothing was classified') });
  const { value: resolved, giveBack } = await resolve(clients, { connection, client_id: payer, arrived }, classified);
  const { operations } = resolved;
  progress.operations = operations;
  const call = { connection: connection.slug, chain, guardrails, operations, now: now() };
  const decision = clients.judgeOn(payer, () => decide(call));
  progress.decision = decision;
  return { resolved, decision, giveBack };
}

/** Refuses a call that nothing covers in any environment, before the provider is asked. */
function refuseUncovered(
  { clients, now }: JudgeContext,
  { connection, chain, payer }: JudgeInput,
  progress: Progress,
): void {
  const { slug, provider } = connection;
  const { operations } = progress;
  const decision = clients.judgeOn(payer, () => refuseUncoverable({ connection: slug, chain, operations, now: now() }));
  if (decision === undefined) return;
  progress.decision = decision;
  progress.operations = operations.map((each) => ({ ...each, names: provider.names?.(each) ?? [] }));
  throw new WritError(decision.code ?? 'operation_not_granted');
}
