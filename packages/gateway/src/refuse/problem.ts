/** The problem that a caller reads, made from the facts of a refusal (model#refusal). Pure. */
import {
  type Decision,
  defined,
  type ErrorCode,
  inertLine,
  type Operation,
  type Problem,
  type ProblemOperation,
  type ResolvedOperation,
  titleOf,
} from '@writ/core';
import type { WaitFacts } from '../ports.ts';
import { nextFor } from './next.ts';
import { ruleOf, whereUnknown, wouldDo } from './sentence.ts';

/** The facts that are known of a refused request. */
export interface RefusalFacts {
  readonly code: ErrorCode;
  readonly request_id: string;
  /** True if the token was valid. Otherwise the problem tells only the code. */
  readonly authenticated: boolean;
  readonly operations: readonly (Operation | ResolvedOperation)[];
  readonly decision?: Decision;
  /** The public detail of the error. */
  readonly detail?: string;
  /** After how many seconds to repeat. */
  readonly retry_after?: number;
  /** True if repeating cannot help until a person has changed something. */
  readonly ask_human?: true;
  /** True once the request has left for the provider. */
  readonly sent?: boolean;
  /** Of a call that waits for a human. */
  readonly waiting?: WaitFacts;
  /** Where a human finds the smallest grant that would do. It is told where one is missing. */
  readonly grant_url?: string;
  /** True if nobody sent the request: the answer explains what would be refused. */
  readonly supposed?: true;
}

const MOST_LISTED = 50;
const MOST_DETAIL = 600;

/** The codes with which the gateway answers. Any other code is answered as `unavailable`. */
const GATEWAY_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_token',
  'operation_unknown',
  'operation_not_granted',
  'environment_not_granted',
  'environment_unresolved',
  'resource_not_granted',
  'argument_not_granted',
  'guardrail_denied',
  'approval_required',
  'approval_pending',
  'approval_denied',
  'approval_expired',
  'approval_mismatch',
  'held',
  'frozen',
  'task_ended',
  'rate_limited',
  'request_too_large',
  'request_not_canonical',
  'request_not_understood',
  'not_supported',
  'upstream_unavailable',
  'upstream_outcome_unknown',
  'connection_unknown',
  'misdirected',
  'browser_refused',
  'unavailable',
]);

/** Returns the code with which the gateway answers: never one whose status SDKs repeat by themselves or read as success (409, 500, 2xx). */
export function gatewayCode(code: ErrorCode): ErrorCode {
  return GATEWAY_CODES.has(code) ? code : 'unavailable';
}

/** Makes the problem. A caller without a valid token gets the code and its public sentence, and nothing about the request. */
export function problemFor(facts: RefusalFacts): Problem {
  const { code, request_id } = facts;
  if (!facts.authenticated) {
    const { retry_after } = facts;
    return { code, detail: titleOf(code), request_id, next: nextFor(code, { retry_after }).step };
  }
  const grant_url = facts.decision && lacksGrant(facts.decision) ? facts.grant_url : undefined;
  const next = nextFor(code, { ...facts, grant_url });
  const detail = [opening(facts), middle(facts), next.sentence].filter((part) => part !== '').join(' ');
  return {
    code,
    detail,
    request_id,
    ...(facts.operations.length > 0 && { operations: facts.operations.slice(0, MOST_LISTED).map(shown) }),
    ...(facts.decision !== undefined && { reasons: facts.decision.reasons.slice(0, MOST_LISTED) }),
    next: next.step,
    ...defined({ grant_url }),
    ...waitMembers(facts.waiting),
  };
}

/** Tells whether a call was refused because the client's grants do not cover it. */
function lacksGrant({ reasons }: Decision): boolean {
  return reasons.some(({ link }) => link === 'grants');
}

function waitMembers(waiting: WaitFacts | undefined): Partial<Problem> {
  return { ...waiting?.approval, ...waiting?.hold, ...defined({ changed: waiting?.changed }) };
}

function opening(facts: RefusalFacts): string {
  if (facts.supposed === true) return 'Nothing would be sent.';
  if (facts.waiting?.code === 'held' && facts.waiting.hold !== undefined) return 'Not done yet.';
  if (facts.sent !== true) return 'Nothing was sent.';
  return facts.code === 'upstream_outcome_unknown' ? 'It was sent, and may have been done.' : 'Nothing was changed.';
}

/** Tells what the call would have done and why it is refused: from the decision, or else from the error. */
function middle(facts: RefusalFacts): string {
  const stand = concerned(facts);
  const unsettled = facts.code === 'environment_unresolved' && stand.every((each) => !('environments' in each));
  const would = unsettled ? whereUnknown(stand) : wouldDo(stand);
  const rule = facts.waiting?.why ?? (facts.decision === undefined ? '' : ruleOf(facts.decision));
  // The decision has no pairs if nothing covers the call in any environment; the provider was then not asked.
  const isAnywhere = facts.decision?.pairs.length === 0 && stand.some(({ names = [] }) => names.length > 0);
  const where = isAnywhere ? ', wherever it lies' : '';
  if (rule !== '') return would === '' ? sentence(rule) : `${would}${where}; ${rule}.`;
  const why = inertLine(facts.detail ?? titleOf(facts.code), MOST_DETAIL);
  return would === '' ? sentence(why) : `${would}. ${sentence(why)}`;
}

/** The operations that stand in the way; all of them where none is singled out. */
function concerned(facts: RefusalFacts): readonly (Operation | ResolvedOperation)[] {
  const named = new Set(facts.decision?.reasons.map((reason) => reason.operation));
  const some = facts.operations.filter((operation) => named.has(operation.name));
  return some.length > 0 ? some : facts.operations;
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(upper) ? upper : `${upper}.`;
}

function shown(operation: Operation | ResolvedOperation): ProblemOperation {
  const resolved = 'environments' in operation ? operation : undefined;
  return {
    name: inertLine(operation.name, 200),
    effect: operation.effect,
    environments: resolved?.environments.map((environment) => environment.slug) ?? [],
    resources:
      resolved?.targets.slice(0, MOST_LISTED).map((target) => inertLine(`${target.kind}:${target.id}`, 300)) ?? [],
  };
}
