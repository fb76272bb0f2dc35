/** Judges a request as the gateway does, sends nothing of it, and says what the gateway would have said. */
import { METHODS, validateHeaderName, validateHeaderValue } from 'node:http';
import {
  type ChainLink,
  type Decision,
  defined,
  type ErrorCode,
  type Guardrail,
  type Operation,
  type Resolved,
  type ResolvedOperation,
  WritError,
} from '@writ/core';
import {
  DEFAULT_LIMITS,
  gatewayCode,
  gatewayServerOptions,
  HeaderTable,
  type JudgeInput,
  judge as judgeAsGateway,
  type Progress,
  problemFor,
  settle,
  wouldDo,
} from '@writ/gateway';
import type { Ctx } from '../context.ts';
import { refuseFrozen } from '../freeze/frozen.ts';
import { demandLimits, LimitReached, type LimitStanding } from '../limits/count.ts';
import type { ConnectionState } from '../live.ts';

/** A request to be judged, as it is given. */
export interface ExplainedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/** Who would send it, and by which rules. */
export interface ExplainInput {
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

/** The result: as far as judging came. */
export interface Judgement {
  readonly operations: readonly (Operation | ResolvedOperation)[];
  readonly decision?: Decision;
  /** Present where the provider told what the request reaches. */
  readonly resolved?: Resolved;
  /** The limits that it would count against. */
  readonly limits: readonly LimitStanding[];
  /** When it was judged, milliseconds. */
  readonly arrived: number;
  readonly code?: ErrorCode;
  /** The sentence the gateway would have said, or what it would have done. */
  readonly detail: string;
}

/**
 * Judges a request; sends nothing of it, though the provider may be asked Writ's own reads. Throws `WritError` (`rate_limited`) where
 * the payer has asked too much.
 */
export async function judge(ctx: Ctx, explained: ExplainInput): Promise<Judgement> {
  const progress: Progress = { operations: [], read: false };
  const arrived = ctx.now();
  let resolved: Resolved | undefined;
  let limits: readonly LimitStanding[] = [];
  try {
    // A freeze comes first: the provider is asked nothing then.
    await refuseFrozen(ctx, frozenOf(explained));
    const judging = judgingOf(explained, arrived);
    try {
      const judged = await judgeAsGateway(contextOf(ctx), judging, progress);
      resolved = judged.resolved;
      const { code } = judged.decision;
      limits = await limitsOf(ctx, explained, progress);
      if (code !== undefined) throw new WritError(code);
    } catch (error) {
      if (explained.thorough === true) resolved ??= await lookFurther(ctx, { judging, progress, error });
      throw error;
    }
  } catch (error) {
    return { ...refusal(ctx, progress, error), arrived, limits, ...defined({ resolved }) };
  }
  const { operations } = progress;
  return { ...progress, arrived, limits, resolved, detail: `It would be sent: ${wouldDo(operations)}.` };
}

/** The limits that a judged call would count against. One that would refuse it decides, and throws its code. */
async function limitsOf(
  ctx: Ctx,
  { task_id = '' }: ExplainInput,
  progress: Progress,
): Promise<readonly LimitStanding[]> {
  const { decision } = progress;
  if (decision?.limits === undefined) return [];
  try {
    return await demandLimits(ctx, { decision, task_id });
  } catch (error) {
    if (!(error instanceof LimitReached) || error.decision.code === undefined) throw error;
    progress.decision = error.decision;
    throw new WritError(error.decision.code);
  }
}

function contextOf({ live, now }: Ctx) {
  return { clients: live.budgets, limits: DEFAULT_LIMITS, now };
}

/**
 * Finds out what a call reaches also where it is refused in every environment, for a person: the gateway asks the provider nothing about
 * such a call. The gateway's own answer stays. Undefined where the call was refused for another reason, or the provider did not say.
 */
async function lookFurther(
  ctx: Ctx,
  { judging, progress, error }: { readonly judging: JudgeInput; readonly progress: Progress; readonly error: unknown },
): Promise<Resolved | undefined> {
  const { decision: said, operations } = progress;
  const isUncovered = said !== undefined && said.pairs.length === 0 && progress.classified !== undefined;
  if (!isUncovered || !(error instanceof WritError) || error.code !== said.code) return undefined;
  try {
    const { decision, resolved } = await settle(contextOf(ctx), judging, progress);
    if (decision.code !== said.code) progress.decision = said;
    return resolved;
  } catch (fault) {
    if (!(fault instanceof WritError) || fault.code === 'rate_limited') throw fault;
    Object.assign(progress, { decision: said, operations });
    return undefined;
  }
}

/** The gateway's refusal. Throws errors that do not refuse the request, and `rate_limited`. */
function refusal({ request_id }: Ctx, progress: Progress, error: unknown): Omit<Judgement, 'arrived' | 'limits'> {
  if (!(error instanceof WritError) || error.code === 'rate_limited') throw error;
  const { operations, decision } = progress;
  const code = gatewayCode(error.code);
  // A decision explains the refusal only when it is the one that refused.
  const why = decision?.code === code ? { decision } : {};
  const facts = { code, operations, ...why, request_id, authenticated: true, supposed: true } as const;
  return { operations, ...why, code, detail: problemFor({ ...facts, detail: error.message }).detail };
}

function frozenOf({ state, client_id, task_id }: ExplainInput) {
  return { connection_id: state.id, client_ids: client_id === undefined ? [] : [client_id], task_id };
}

function judgingOf({ state, request, chain, guardrails, payer }: ExplainInput, arrived: number): JudgeInput {
  const body = new TextEncoder().encode(request.body ?? '');
  const head = headOf(request, body.length);
  return { connection: state, head, body: async () => body, chain, guardrails, payer, arrived };
}

/**
 * The head as the gateway would get it from Node's parser, without the host it is sent to and the token it carries. Throws `WritError`
 * for what cannot be a request over HTTP: `request_not_canonical`, `request_not_understood`, `request_too_large`.
 */
function headOf({ method, path, headers = {} }: ExplainedRequest, body_bytes: number): JudgeInput['head'] {
  const lines = Object.entries(headers).map(([name, value]) => [name, value.replace(OPTIONAL_SPACE, '')] as const);
  if (!METHODS.includes(method)) {
    const hint = METHODS.includes(method.toUpperCase()) ? ' Methods are written in capital letters.' : '';
    throw notHttp(`HTTP has no method ${method}.${hint}`);
  }
  for (const [name, value] of lines) demandHeader(name, value);
  const size = lines.reduce((sum, [name, value]) => sum + name.length + value.length, path.length);
  if (size >= MOST_HEAD)
    throw new WritError('request_too_large', {
      detail: `Path and headers are ${size} characters; at most ${MOST_HEAD} are taken.`,
    });
  const table = new HeaderTable([...lines, ...ownLines(headers, body_bytes)].flat());
  const length = table.get('content-length') ?? String(body_bytes);
  if (length !== String(body_bytes)) {
    const detail = `The header content-length says ${length}, and the body has ${body_bytes} bytes.`;
    throw new WritError('request_not_understood', { detail });
  }
  return { method, target: path, httpVersion: '1.1', headers: table };
}

/** White space around a header's value is not part of it (RFC 9110 section 5.5). */
const OPTIONAL_SPACE = /^[ \t]+|[ \t]+$/g;
const MOST_HEAD = gatewayServerOptions.maxHeaderSize ?? 0;

/** The header lines that every request to the gateway has besides those the provider gets: they count towards the limit too. */
function ownLines(headers: Readonly<Record<string, string>>, body_bytes: number): (readonly [string, string])[] {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const needsLength = body_bytes > 0 && !given.has('transfer-encoding');
  return [
    ['host', ''] as const,
    ['authorization', ''] as const,
    ['content-length', String(body_bytes)] as const,
  ].filter(([name]) => !given.has(name) && (name !== 'content-length' || needsLength));
}

function demandHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw notHttp(`The header ${name} cannot be sent: its name or its value holds what HTTP does not allow.`);
  }
}

function notHttp(detail: string): WritError {
  return new WritError('request_not_canonical', { detail });
}
