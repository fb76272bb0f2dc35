/** Parts of a grant as people write them, one line each: read and written here, so that every place takes and shows the same form. */
import { inert } from '../text/inert.ts';
import type { Compact } from './compact.ts';
import type { ArgumentCondition, GrantScope } from './detail.ts';
import { type Limit, limitSchema } from './limit.ts';

/** The comparisons of a condition. */
export const COMPARISONS = ['equals', 'one_of', 'starts_with', 'ends_with', 'at_least', 'at_most'] as const;
export type Comparison = (typeof COMPARISONS)[number];
type Operand = string | number | boolean;

/** A condition on one argument of an operation. */
export interface WrittenCondition {
  readonly operation: string;
  readonly path: string;
  readonly condition: ArgumentCondition;
}

/** A name in a condition: a word, or JSON text where it is none. */
const NAME = String.raw`("(?:[^"\\]|\\.)*"|[^\s"]\S*)`;
const CONDITION = new RegExp(String.raw`^${NAME}\s+${NAME}\s+(\S+)\s+(.+)$`);

/** Reads `domainCreate input.domain ends_with .staging.example.com`; undefined for a line of another form. */
export function readCondition(line: string): WrittenCondition | undefined {
  const [, operation = '', path = '', word = '', value = ''] = CONDITION.exec(line.trim()) ?? [];
  const condition = readComparison(word, value);
  return condition && { operation: quoted(operation) ?? operation, path: quoted(path) ?? path, condition };
}

/**
 * Reads what stands after a path: one comparison and its value. A value in double quotes is JSON text, so that a number can be meant as
 * text, and text can hold commas or begin with a space.
 */
export function readComparison(word: string, value: string): ArgumentCondition | undefined {
  const comparison = COMPARISONS.find((known) => known === word);
  const text = value.trim();
  if (comparison === undefined || text === '') return undefined;
  if (comparison === 'starts_with') return { starts_with: quoted(text) ?? text };
  if (comparison === 'ends_with') return { ends_with: quoted(text) ?? text };
  if (comparison === 'one_of') {
    const one_of = itemsOf(text).map(operandOf);
    return one_of.length === 0 ? undefined : { one_of };
  }
  if (comparison === 'equals') return { equals: operandOf(text) };
  const bound = Number(text);
  if (!Number.isFinite(bound)) return undefined;
  return comparison === 'at_least' ? { at_least: bound } : { at_most: bound };
}

/** Writes a condition so that `readCondition` reads the same. */
export function conditionLine({ operation, path, condition }: WrittenCondition): string {
  const name = (text: string): string => (isPlain(text) && !/[\s"]/.test(text) ? text : quotedText(text));
  return `${name(operation)} ${name(path)} ${comparisonText(condition)}`;
}

/** Writes one comparison, `ends_with .example.com`, so that `readComparison` reads the same. */
export function comparisonText(condition: ArgumentCondition): string {
  if ('one_of' in condition) return `one_of ${condition.one_of.map((item) => written(item, true)).join(', ')}`;
  const [[word, operand] = ['equals', '']] = Object.entries(condition) as [Comparison, Operand][];
  return `${word} ${written(operand, word === 'equals')}`;
}

/** Reads `5 *:destroy per day`, or `50000 in body.amount of refundCreate per week`; undefined for another form. */
export function readLimit(line: string): Limit | undefined {
  const [, number, sum, operations, per] =
    /^(\d+)\s+(?:in\s+(\S+)\s+of\s+)?(\S+)\s+per\s+(\S+)$/.exec(line.trim()) ?? [];
  const measure = sum === undefined ? { count: Number(number) } : { sum, most: Number(number) };
  const limit = limitSchema.safeParse({ operations, ...measure, per });
  return limit.success ? limit.data : undefined;
}

/**
 * Joins compact pieces into the fewest scopes that mean exactly the same: one for each set of operations on a connection, with every
 * environment that has just these.
 */
export function joinPieces(pieces: readonly Compact[]): GrantScope[] {
  const byPlace = new Map<string, { connection: string; environment: string; operations: string[] }>();
  for (const { connection, environment, operation } of pieces) {
    const place = byPlace.get(`${connection}/${environment}`) ?? { connection, environment, operations: [] };
    if (!place.operations.includes(operation)) place.operations.push(operation);
    byPlace.set(`${connection}/${environment}`, place);
  }
  const scopes = new Map<string, GrantScope>();
  for (const { connection, environment, operations } of byPlace.values()) {
    const key = JSON.stringify([connection, [...operations].sort()]);
    const same = scopes.get(key);
    if (same === undefined) scopes.set(key, { connection, environments: [environment], operations });
    else same.environments.push(environment);
  }
  return [...scopes.values()];
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** Reads `90s`, `15m`, `1h`, `2d` as seconds; undefined for another form. */
export function readDuration(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6})(s|m|min|h|d)$/.exec(text.trim()) ?? [];
  return count === '' ? undefined : Number(count) * (UNITS[unit] ?? 1);
}

/** Writes whole seconds in the largest unit that divides them: `90s`, `15m`, `12h`, `30d`. */
export function durationText(seconds: number): string {
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3600],
      ['m', 60],
    ] as const
  ).find(([, each]) => seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/** Reads when something ends: a duration from now, or a moment; undefined for neither. `now` in milliseconds. */
export function readExpiry(text: string, now: number): string | undefined {
  const length = readDuration(text);
  if (length !== undefined) return new Date(now + length * 1000).toISOString();
  const moment = Date.parse(text);
  return Number.isNaN(moment) || moment > LAST_MOMENT ? undefined : new Date(moment).toISOString();
}

const LAST_MOMENT = Date.UTC(10_000) - 1;

function quoted(text: string): string | undefined {
  if (!/^".*"$/.test(text)) return undefined;
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Text on one line as people write it: as it is, or in double quotes as JSON text where it would be read as something else, or not be seen. */
export function lineText(text: string): string {
  return text === inert(text) && text === text.trim() && text !== '' && quoted(text) === undefined
    ? text
    : quotedText(text);
}

/** Reads what `lineText` wrote. */
export function readLineText(text: string): string {
  return quoted(text.trim()) ?? text.trim();
}

/** JSON text whose every character is seen: what `inert` makes visible is escaped. */
function quotedText(text: string): string {
  return [...JSON.stringify(text)].map((one) => (inert(one) === one ? one : escaped(one))).join('');
}

function escaped(one: string): string {
  return Array.from(one.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

/** The items of a list: between commas, but for those inside of double quotes. */
function itemsOf(text: string): string[] {
  return (text.match(/\s*(?:"(?:[^"\\]|\\.)*"|[^,])+/g) ?? []).map((item) => item.trim()).filter((item) => item !== '');
}

function operandOf(text: string): Operand {
  const inner = quoted(text);
  if (inner !== undefined) return inner;
  if (text === 'true' || text === 'false') return text === 'true';
  return isNumber(text) ? Number(text) : text;
}

/** Digits, or a number as a program writes it (`1e+21`): never `1234e56`, which may be the name of a commit. */
function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text) || (Number.isFinite(Number(text)) && String(Number(text)) === text);
}

/** Text that would be read as something else is written in double quotes; so is what does not fit on a line. `typed`: where a number is one. */
function written(operand: Operand, typed: boolean): string {
  if (typeof operand !== 'string') return String(operand);
  const isOther = typed && (operand === 'true' || operand === 'false' || isNumber(operand));
  return isPlain(operand) && !/[",]/.test(operand) && !isOther ? operand : quotedText(operand);
}

/** Printable ASCII, and no space at either end. */
function isPlain(text: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}
