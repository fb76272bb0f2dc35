import { isJsonObject, type JsonObject, type JsonValue, onceFor, valuesAt } from '@writ/core';
import type { Condition } from './review.ts';

/** Tells whether a condition holds for an operation's coerced arguments: with `[]` in its path, when it does for any element. */
export function holds(condition: Condition, values: JsonObject): boolean {
  const test = testOf(condition);
  return valuesAt(values, condition.path).some(test);
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function testOf(condition: Condition): (value: JsonValue | undefined) => boolean {
  if ('one_of' in condition) return (value) => condition.one_of.some((one) => one === value);
  if ('not_one_of' in condition) {
    return (value) => value !== undefined && !condition.not_one_of.some((one) => one === value);
  }
  return TESTS[condition.is];
}

const TESTS: Readonly<Record<Extract<Condition, { is: unknown }>['is'], (value: JsonValue | undefined) => boolean>> = {
  present: (value) => value !== undefined,
  set: (value) => value !== undefined && value !== null && value !== false,
  null: (value) => value === null,
  absent: (value) => value === undefined || value === null,
  empty: (value) => isList(value) && value.length === 0,
  holds_null: (value) => (isJsonObject(value) ? holdsNull(value) : value !== undefined && value !== null),
};

/** Values that were looked through already: one variable can be the argument of hundreds of operations. */
const holdsNull = onceFor((values: JsonObject) => Object.values(values).includes(null));
