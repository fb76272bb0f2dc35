/** The audit event of a decided request: everything that says afterwards who was allowed what, where and why. */
import type { KeyObject } from 'node:crypto';
import {
  type Decision,
  digestOf,
  inertLine,
  type JsonObject,
  type JsonValue,
  type Operation,
  type Reason,
  type ResolvedOperation,
} from '@writ/core';
import type { BrokerEvent } from '../event.ts';
import type { DecidedRequest } from './digest.ts';
import { requestDigest } from './digest.ts';
import { redactArguments } from './redact.ts';

/** Bounds of one event, so that the largest request still fits an entry. Sizes in characters of JSON. */
const MOST_OPERATIONS = 40;
const MOST_TARGETS = 40;
const MOST_REASONS = 20;
const MOST_ARGUMENTS = 4_000;
const MOST_DATA = 40_000;

const KINDS = { allow: 'request.allowed', wait: 'request.waiting', refuse: 'request.refused' } as const;

/** Makes the event of a decision. `key` digests the arguments that must not be logged. */
export function requestEvent(request: DecidedRequest, key: KeyObject): BrokerEvent {
  const { caller, connection, resolved, decision } = request;
  const names = [...new Set(resolved.operations.map((operation) => inertLine(operation.name, 200)))];
  return {
    kind: KINDS[decision.result],
    actor: `client:${caller.client_id}`,
    client_id: caller.client_id,
    task_id: caller.task_id,
    connection: connection.slug,
    operations: names.slice(0, MOST_OPERATIONS),
    result: decision.code ?? 'allowed',
    request_id: request.request_id,
    data: bounded({
      jti: caller.jti,
      kid: caller.kid,
      act_chain: caller.act_chain,
      grant_ids: [...new Set(decision.pairs.flatMap((pair) => pair.grant_ids))].slice(0, MOST_TARGETS),
      operations: resolved.operations.slice(0, MOST_OPERATIONS).map((operation) => operationOf(operation, key)),
      operation_count: resolved.operations.length,
      decision: { result: decision.result, approve: decision.approve, hold_minutes: decision.hold_minutes },
      reasons: decision.reasons.slice(0, MOST_REASONS).map(reasonOf),
      catalog_version: resolved.classified.catalogVersion,
      digest: requestDigest(request),
      broker: request.broker_id,
    }),
  };
}

/** What a call that was refused before it was decided says of itself: what was judged of it, and why, where that is a decision. */
export function refusedData(
  { operations, decision }: { readonly operations: readonly Judged[]; readonly decision?: Decision },
  key: KeyObject,
): JsonObject {
  return bounded({
    operations: operations.slice(0, MOST_OPERATIONS).map((operation) => operationOf(operation, key)),
    operation_count: operations.length,
    ...(decision === undefined ? {} : { reasons: decision.reasons.slice(0, MOST_REASONS).map(reasonOf) }),
  });
}

/** What is recorded in the event's place when something it relied on was stopped or changed before it was durable. */
export function staleEvent(event: BrokerEvent): BrokerEvent {
  return { ...event, kind: 'request.refused', result: 'stale', data: { ...event.data, overtaken: event.result ?? '' } };
}

type Judged = Operation | ResolvedOperation;

function operationOf(operation: Judged, key: KeyObject): JsonObject {
  const redacted = redactArguments(operation.arguments, { paths: operation.secret_arguments, key });
  return {
    name: inertLine(operation.name, 200),
    effect: operation.effect,
    ...('environments' in operation ? placeOf(operation) : {}),
    arguments: short(redacted),
  };
}

function placeOf({ environments, targets }: ResolvedOperation): JsonObject {
  return {
    environments: environments.map(({ slug }) => slug).slice(0, MOST_TARGETS),
    targets: targets.slice(0, MOST_TARGETS).map((target) => inertLine(`${target.kind}:${target.id}`, 300)),
  };
}

function reasonOf(reason: Reason): JsonObject {
  const { operation, effect, environment, rule, link, subject } = reason;
  return {
    operation: inertLine(operation, 200),
    effect,
    environment,
    rule,
    ...(link === undefined ? {} : { link }),
    ...(subject === undefined ? {} : { subject }),
    ...(reason.guardrail === undefined ? {} : { guardrail: guardrailOf(reason.guardrail) }),
  };
}

function guardrailOf(guardrail: NonNullable<Reason['guardrail']>): JsonObject {
  const { environments, operations, outcome, connection, hold_minutes } = guardrail;
  return {
    environments,
    operations,
    outcome,
    ...(connection === undefined ? {} : { connection }),
    ...(hold_minutes === undefined ? {} : { hold_minutes }),
  };
}

function short(values: JsonObject): JsonObject {
  if (isWithin(values, MOST_ARGUMENTS)) return values;
  return { omitted: digestOf(values), length: JSON.stringify(values).length };
}

/** The data, without what can be left out where it is too large. */
function bounded(data: JsonObject & { readonly operations: readonly JsonObject[] }): JsonObject {
  if (isWithin(data, MOST_DATA)) return data;
  const operations: readonly JsonObject[] = data.operations.map(({ arguments: values, ...rest }) => {
    return { ...rest, arguments_digest: digestOf(values) };
  });
  if (isWithin({ ...data, operations }, MOST_DATA)) return { ...data, operations };
  const bare = operations.map((each) => ({ name: each['name'] ?? '', effect: each['effect'] ?? '' }));
  return { ...data, operations: bare, operations_digest: digestOf(operations) };
}

/** Tells whether it has at most so many characters of JSON. Nearly everything is far below: then nothing is written to be counted. */
function isWithin(value: JsonObject, most: number): boolean {
  return mostCharacters(value, most) <= most || JSON.stringify(value).length <= most;
}

/** The longest that a character is as JSON writes it: `\\u0000`. */
const LONGEST_ESCAPE = 6;

/** More characters than any JSON of the value has, counted no further than `most`. */
function mostCharacters(value: JsonValue | undefined, most: number): number {
  if (typeof value === 'string') return value.length * LONGEST_ESCAPE + 2;
  if (typeof value !== 'object' || value === null) return 25;
  let sum = 2;
  for (const name in value) {
    sum += name.length * LONGEST_ESCAPE + 4 + mostCharacters((value as JsonObject)[name], most - sum);
    if (sum > most) break;
  }
  return sum;
}
