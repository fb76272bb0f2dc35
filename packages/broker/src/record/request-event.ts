/** The audit event of a decided request: everything that says afterwards who was allowed what, where and why. */
import type { KeyObject } from 'node:crypto';
import {
  type Decision,
  defined,
  digestOf,
  type ErrorCode,
  inertLine,
  type JsonObject,
  limitText,
  type Operation,
  onceFor,
  type Reason,
  type ResolvedOperation,
  type WritableObject,
  WrittenJson,
} from '@writ/core';
import type { BrokerEvent } from '../event.ts';
import type { DecidedRequest } from './digest.ts';
import { requestDigest } from './digest.ts';
import { redactArguments } from './redact.ts';
import { HiddenValues } from './secrets.ts';

/** Bounds of one event, so that the largest request still fits an entry. Sizes in bytes of JSON. */
export const MOST_OPERATIONS = 40;
export const MOST_TARGETS = 40;
export const MOST_REASONS = 20;
const MOST_ARGUMENTS = 4_000;
const MOST_JUDGED = 32_000;
const MOST_WHEN = 400;

const KINDS = { allow: 'request.allowed', wait: 'request.waiting', refuse: 'request.refused' } as const;

/** Makes the event of a decision. `key` digests the arguments that must not be logged; `code` is that of the decision if it is absent. */
export function requestEvent(request: DecidedRequest, key: KeyObject, code?: ErrorCode): BrokerEvent {
  const { caller, connection, resolved, decision, by = {} } = request;
  return {
    kind: KINDS[decision.result],
    actor: `client:${caller.client_id}`,
    client_id: caller.client_id,
    task_id: caller.task_id,
    connection: connection.slug,
    operations: namesOf(resolved.operations),
    result: code ?? decision.code ?? 'allowed',
    request_id: request.request_id,
    data: {
      jti: caller.jti,
      kid: caller.kid,
      act_chain: caller.act_chain,
      grant_ids: [...new Set(decision.pairs.flatMap((pair) => pair.grant_ids))].slice(0, MOST_TARGETS),
      decision: outcomeOf(decision),
      ...limitsData(decision),
      ...judgedData(resolved.operations, decision.reasons, key),
      ...(decision.result !== 'refuse' && renamesData(resolved.operations)),
      catalog_version: resolved.classified.catalogVersion,
      digest: requestDigest(request),
      broker: request.broker_id,
      ...by,
    },
  };
}

/** What the call counts, or would count, against limits. */
function limitsData({ result, limits }: Decision): JsonObject {
  if (limits === undefined || result === 'refuse') return {};
  return { limits: limits.slice(0, MOST_REASONS).map(({ limit, adds }) => ({ limit: limitText(limit), adds })) };
}

/** The event of a call that had to wait and goes on now. */
export function goingOnEvent(request: DecidedRequest, key: KeyObject): BrokerEvent {
  return { ...requestEvent(request, key), kind: KINDS.allow, result: 'allowed' };
}

/** The new names that a call gives: people are shown for a while what a thing was called before. */
function renamesData(operations: readonly ResolvedOperation[]): JsonObject {
  const renames = operations.flatMap((operation) => operation.renames ?? []).slice(0, MOST_TARGETS);
  if (renames.length === 0) return {};
  return {
    renames: renames.map(({ target, from, to }) => ({
      target: inertLine(target, 300),
      to: inertLine(to, 200),
      ...defined({ from: from === undefined ? undefined : inertLine(from, 200) }),
    })),
  };
}

function outcomeOf({ result, approve, hold_minutes, quorum }: Decision): JsonObject {
  return { result, approve, hold_minutes, ...(quorum !== undefined && { quorum }) };
}

function namesOf(operations: readonly Operation[]): string[] {
  return [...new Set(operations.map(({ name }) => inertLine(name, 200)))].slice(0, MOST_OPERATIONS);
}

/** What a call that was refused before it was decided says of itself: what was judged of it, and why, where that is a decision. */
export function refusedData(
  { operations, decision }: { readonly operations: readonly AnyOperation[]; readonly decision?: Decision },
  key: KeyObject,
): WritableObject {
  const { reasons, ...judged } = judgedData(operations, decision?.reasons ?? [], key);
  return decision === undefined ? judged : { ...judged, reasons };
}

/** What is recorded in the event's place when something it relied on was stopped or changed before it was durable. */
export function staleEvent(event: BrokerEvent): BrokerEvent {
  return { ...event, kind: 'request.refused', result: 'stale', data: { ...event.data, overtaken: event.result ?? '' } };
}

type AnyOperation = Operation | ResolvedOperation;

function judgedData(operations: readonly AnyOperation[], reasons: readonly Reason[], key: KeyObject) {
  const why = new WrittenJson(reasons.slice(0, MOST_REASONS).map(reasonOf));
  return { ...writtenWith(key)(operations), operation_count: operations.length, reasons: why };
}

/** Operations as the log keeps them, by key and operations: those of a call that is made again are the same. */
const writtenWith = onceFor((key: KeyObject) =>
  onceFor((operations: readonly AnyOperation[]) => fitting(writtenOf(operations, key))),
);

function writtenOf(operations: readonly AnyOperation[], key: KeyObject) {
  const hidden = new HiddenValues(operations);
  const hides = hidden.any ? (text: string) => hidden.text(text) !== text : undefined;
  return operations.slice(0, MOST_OPERATIONS).map((each) => operationOf(each, { key, hides }));
}

function operationOf(
  operation: AnyOperation,
  secret: { readonly key: KeyObject; readonly hides: ((text: string) => boolean) | undefined },
) {
  const redacted = redactArguments(operation.arguments, { paths: operation.secret_arguments, ...secret });
  return {
    name: inertLine(operation.name, 200),
    effect: operation.effect,
    ...('environments' in operation && placeOf(operation)),
    arguments: short(new WrittenJson(redacted)),
  };
}

function placeOf({ environments, targets }: ResolvedOperation): JsonObject {
  return {
    environments: environments.map(({ slug }) => slug).slice(0, MOST_TARGETS),
    targets: targets.slice(0, MOST_TARGETS).map((target) => inertLine(`${target.kind}:${target.id}`, 300)),
  };
}

type Guarded = NonNullable<Reason['guardrail']>;

function reasonOf(reason: Reason): WritableObject {
  const { operation, effect, environment, rule, link, subject, guardrail, limit, used } = reason;
  return {
    operation: inertLine(operation, 200),
    effect,
    environment,
    rule,
    ...defined({ link, subject, guardrail: guardrail && guardrailOf(guardrail) }),
    ...defined({ limit: limit && { ...limit }, used: used && { ...used } }),
  };
}

function guardrailOf({ environments, operations, when, outcome, ...rest }: Guarded): WritableObject {
  const { connection, hold_minutes, quorum } = rest;
  const conditions = when && short(new WrittenJson(when), MOST_WHEN);
  return { environments, operations, outcome, ...defined({ connection, when: conditions, hold_minutes, quorum }) };
}

/** Bytes. */
function sizeOf({ text }: WrittenJson): number {
  return Buffer.byteLength(text);
}

function short(values: WrittenJson, most = MOST_ARGUMENTS): WrittenJson {
  if (sizeOf(values) <= most) return values;
  return new WrittenJson({ omitted: digestOf(values), length: values.text.length });
}

/** The judged operations: without their arguments where there is too much of them. */
function fitting(operations: readonly ReturnType<typeof operationOf>[]) {
  const whole = new WrittenJson(operations);
  if (sizeOf(whole) <= MOST_JUDGED) return { operations: whole };
  const brief = operations.map(({ arguments: values, ...rest }) => ({ ...rest, arguments_digest: digestOf(values) }));
  const shortened = new WrittenJson(brief);
  if (sizeOf(shortened) <= MOST_JUDGED) return { operations: shortened };
  const bare = operations.map(({ name, effect }) => ({ name, effect }));
  return { operations: new WrittenJson(bare), operations_digest: digestOf(brief) };
}
