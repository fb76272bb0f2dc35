import { type ArgumentCondition, type GrantScope, type Limit, limitSchema, parseCompact, type When } from '@writ/core';
import { usage } from '../failure.ts';

type Conditions = NonNullable<GrantScope['arguments']>;

/**
 * Joins compact pieces (`acme/staging/domain*`) into the fewest scopes that mean exactly the same: one for each set of operations on a
 * connection, with every environment that has just these.
 */
export function scopesOf(pieces: readonly string[]): GrantScope[] {
  const byPlace = new Map<string, { connection: string; environment: string; operations: string[] }>();
  for (const piece of pieces) {
    const compact = parseCompact(piece);
    if (compact === undefined) {
      throw usage(
        `"${piece}" must be connection/environment/operations, such as acme/staging/domain* or acme/staging/*:read.`,
      );
    }
    const { connection, environment, operation } = compact;
    const place = byPlace.get(`${connection}/${environment}`) ?? { connection, environment, operations: [] };
    if (!place.operations.includes(operation)) place.operations.push(operation);
    byPlace.set(`${connection}/${environment}`, place);
  }
  return merged([...byPlace.values()]);
}

function merged(places: readonly { connection: string; environment: string; operations: string[] }[]): GrantScope[] {
  const scopes = new Map<string, GrantScope>();
  for (const { connection, environment, operations } of places) {
    const key = JSON.stringify([connection, [...operations].sort()]);
    const same = scopes.get(key);
    if (same === undefined) scopes.set(key, { connection, environments: [environment], operations });
    else same.environments.push(environment);
  }
  return [...scopes.values()];
}

const COMPARISONS = ['equals', 'one_of', 'starts_with', 'ends_with', 'at_least', 'at_most'] as const;

/** Reads `domainCreate input.domain ends_with .staging.example.com`, once or several times. */
export function conditionsOf(lines: readonly string[]): Conditions {
  // A map, since an object would take the member `__proto__` for its prototype and lose the condition.
  const conditions = new Map<string, [string, ArgumentCondition][]>();
  for (const line of lines) {
    const [, operation = '', path = '', word = '', value = ''] =
      /^(\S+)\s+(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    const comparison = COMPARISONS.find((known) => known === word);
    if (comparison === undefined) {
      throw usage(`"${line}" must be an operation, a path, one of ${COMPARISONS.join(', ')}, and a value.`);
    }
    const known = conditions.get(operation) ?? [];
    if (known.some(([other]) => other === path))
      throw usage(`"${line}" is the second condition on ${path} of ${operation}: an argument has one.`);
    conditions.set(operation, [...known, [path, conditionOf(comparison, value.trim())]]);
  }
  return Object.fromEntries([...conditions].map(([operation, paths]) => [operation, Object.fromEntries(paths)]));
}

/** Reads the conditions of a guardrail: `input.amount at_least 5000`, once or several times. */
export function whenOf(lines: readonly string[]): When {
  const when = new Map<string, ArgumentCondition>();
  for (const line of lines) {
    const [, path = '', word = '', value = ''] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    const comparison = COMPARISONS.find((known) => known === word);
    if (comparison === undefined)
      throw usage(`"${line}" must be a path, one of ${COMPARISONS.join(', ')}, and a value.`);
    if (when.has(path)) throw usage(`"${line}" is the second condition on ${path}: a path has one.`);
    when.set(path, conditionOf(comparison, value.trim()));
  }
  return Object.fromEntries(when);
}

/** Reads limits: `5 *:destroy per day`, or `50000 in body.amount of refundCreate per week`. */
export function limitsOf(lines: readonly string[]): Limit[] {
  return lines.map((line) => {
    const [, number, sum, operations, per] =
      /^(\d+)\s+(?:in\s+(\S+)\s+of\s+)?(\S+)\s+per\s+(\S+)$/.exec(line.trim()) ?? [];
    const measure = sum === undefined ? { count: Number(number) } : { sum, most: Number(number) };
    const limit = limitSchema.safeParse({ operations, ...measure, per });
    if (limit.success) return limit.data;
    throw usage(
      `"${line}" must be such as "5 *:destroy per day" or "50000 in body.amount of refundCreate per week"; per task, hour, day or week.`,
    );
  });
}

function conditionOf(comparison: (typeof COMPARISONS)[number], text: string): ArgumentCondition {
  if (comparison === 'starts_with') return { starts_with: text };
  if (comparison === 'ends_with') return { ends_with: text };
  if (comparison === 'one_of') return { one_of: text.split(',').map((item) => operandOf(item.trim())) };
  if (comparison === 'equals') return { equals: operandOf(text) };
  const bound = Number(text);
  if (!Number.isFinite(bound)) throw usage(`"${text}" must be a number to be compared with ${comparison}.`);
  return comparison === 'at_least' ? { at_least: bound } : { at_most: bound };
}

function operandOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
