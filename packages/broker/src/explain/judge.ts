/** Takes a request through the gateway's own steps, up to the decision, and says what the gateway would have said. */
import {
  type ChainLink,
  type Decision,
  decide,
  type ErrorCode,
  type Guardrail,
  type Operation,
  type ResolvedOperation,
  refuseUncoverable,
  WritError,
} from '@writ/core';
import {
  canonicalHead,
  canonicalise,
  classify,
  gatewayCode,
  HeaderTable,
  problemFor,
  resolve,
  wouldDo,
} from '@writ/gateway';
import type { Ctx } from '../context.ts';
import type { ConnectionState } from '../live/connections.ts';
import { refuseFrozen } from '../live/frozen.ts';

/** A request to be judged, as it is given. */
export interface ExplainedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/** Who would send it, and by which rules. */
export interface Judging {
  readonly state: ConnectionState;
  readonly request: ExplainedRequest;
  readonly chain: readonly ChainLink[];
  readonly guardrails: readonly Guardrail[];
  /** Who would send it, where that is known. */
  readonly client_id?: string | undefined;
  readonly task_id?: string;
  /** Whose budget it is judged by: a client's id, or what stands for a person. */
  readonly payer: string;
  /** True where a person asks: then the provider is asked also where a call is refused in every environment. */
  readonly thorough?: boolean;
}

/** How far it came. */
export interface Judged {
  readonly operations: readonly (Operation | ResolvedOperation)[];
  readonly decision?: Decision;
  readonly code?: ErrorCode;
  /** The sentence the gateway would have said, or what it would have done. */
  readonly detail: string;
}

/** Judges a request; sends nothing of it, though the provider may be asked Writ's own reads. */
export async function judge(ctx: Ctx, judging: Judging): Promise<Judged> {
  let operations: readonly (Operation | ResolvedOperation)[] = [];
  try {
    // A freeze is told before anything is asked of the provider.
    await refuseFrozen(ctx, frozenOf(judging));
    const { budgets } = ctx.live;
    const { payer } = judging;
    const classified = await budgets.inTurn(payer, () =>
      budgets.judge(payer, () => classify(judging.state, canonicalOf(judging))),
    );
    operations = classified.operations;
    const early = judging.thorough ? undefined : budgets.judgeOn(payer, () => uncovered(ctx, judging, operations));
    if (early !== undefined) return early;
    const asked = { connection: judging.state, client_id: payer, arrived: ctx.now() };
    const { value: resolved } = await resolve(budgets, asked, classified);
    operations = resolved.operations;
    return budgets.judgeOn(payer, () => decided(ctx, judging, resolved.operations));
  } catch (error) {
    if (!(error instanceof WritError) || error.code === 'rate_limited') throw error;
    const code = gatewayCode(error.code);
    return { operations, code, detail: said(ctx, { code, operations, detail: error.message }) };
  }
}

function frozenOf({ state, client_id, task_id }: Judging) {
  return { connection_id: state.id, client_ids: client_id === undefined ? [] : [client_id], task_id };
}

function canonicalOf({ state, request }: Judging) {
  const { method, path, body = '' } = request;
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  if (body !== '' && !headers.some(([name]) => name === 'content-type'))
    headers.push(['content-type', 'application/json']);
  const raw = { method: method.toUpperCase(), target: path, headers: new HeaderTable(headers.flat()) };
  return canonicalise(canonicalHead(raw, state.provider), new TextEncoder().encode(body));
}

function uncovered(ctx: Ctx, { state, chain }: Judging, classified: readonly Operation[]): Judged | undefined {
  const decision = refuseUncoverable({ connection: state.slug, chain, operations: classified, now: ctx.now() });
  const { code } = decision ?? {};
  if (decision === undefined || code === undefined) return undefined;
  const operations = classified.map((each) => ({ ...each, names: state.provider.names?.(each) ?? [] }));
  return { operations, decision, code, detail: said(ctx, { code, operations, decision }) };
}

function decided(ctx: Ctx, { state, chain, guardrails }: Judging, operations: readonly ResolvedOperation[]): Judged {
  const decision = decide({ connection: state.slug, chain, guardrails, operations, now: ctx.now() });
  const { code } = decision;
  if (code === undefined) return { operations, decision, detail: `It would be sent: ${wouldDo(operations)}.` };
  return { operations, decision, code, detail: said(ctx, { code, operations, decision }) };
}

interface Refusal {
  readonly code: ErrorCode;
  readonly operations: readonly (Operation | ResolvedOperation)[];
  readonly decision?: Decision;
  readonly detail?: string;
}

function said({ request_id }: Ctx, refusal: Refusal): string {
  return problemFor({ ...refusal, request_id, authenticated: true, supposed: true }).detail;
}
