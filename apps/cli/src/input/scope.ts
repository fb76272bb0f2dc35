import {
  type ArgumentCondition,
  COMPARISONS,
  type GrantScope,
  joinPieces,
  type Limit,
  parseCompact,
  readComparison,
  readCondition,
  readLimit,
  type When,
} from '@writ/core';
import { usage } from '../failure.ts';

type Conditions = NonNullable<GrantScope['arguments']>;

/** Joins compact pieces (`acme/staging/domain*`) into the fewest scopes that mean exactly the same. */
export function scopesOf(pieces: readonly string[]): GrantScope[] {
  return joinPieces(
    pieces.map((piece) => {
      const compact = parseCompact(piece);
      if (compact !== undefined) return compact;
      throw usage(
        `"${piece}" must be connection/environment/operations, such as acme/staging/domain* or acme/staging/*:read.`,
      );
    }),
  );
}

/** Reads `domainCreate input.domain ends_with .staging.example.com`, once or several times. */
export function conditionsOf(lines: readonly string[]): Conditions {
  // A map, since an object would take the member `__proto__` for its prototype and lose the condition.
  const conditions = new Map<string, [string, ArgumentCondition][]>();
  for (const line of lines) {
    const read = readCondition(line);
    if (read === undefined)
      throw usage(`"${line}" must be an operation, a path, one of ${COMPARISONS.join(', ')}, and a value${OF_BOUNDS}.`);
    const { operation, path, condition } = read;
    const known = conditions.get(operation) ?? [];
    if (known.some(([other]) => other === path))
      throw usage(`"${line}" is the second condition on ${path} of ${operation}: an argument has one.`);
    conditions.set(operation, [...known, [path, condition]]);
  }
  return Object.fromEntries([...conditions].map(([operation, paths]) => [operation, Object.fromEntries(paths)]));
}

const OF_BOUNDS = ': a number for at_least and at_most';

/** Reads the conditions of a guardrail: `input.amount at_least 5000`, once or several times. */
export function whenOf(lines: readonly string[]): When {
  const when = new Map<string, ArgumentCondition>();
  for (const line of lines) {
    const [, path = '', word = '', value = ''] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    const condition = readComparison(word, value);
    if (condition === undefined)
      throw usage(`"${line}" must be a path, one of ${COMPARISONS.join(', ')}, and a value${OF_BOUNDS}.`);
    if (when.has(path)) throw usage(`"${line}" is the second condition on ${path}: a path has one.`);
    when.set(path, condition);
  }
  return Object.fromEntries(when);
}

/** Reads limits: `5 *:destroy per day`, or `50000 in body.amount of refundCreate per week`. */
export function limitsOf(lines: readonly string[]): Limit[] {
  return lines.map((line) => {
    const limit = readLimit(line);
    if (limit !== undefined) return limit;
    throw usage(
      `"${line}" must be such as "5 *:destroy per day" or "50000 in body.amount of refundCreate per week"; per task, hour, day or week.`,
    );
  });
}
