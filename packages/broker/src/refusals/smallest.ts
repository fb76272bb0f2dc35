/** The smallest details that would have let a refused request pass, from what the log has of it. Pure. */
import type { OutputOf } from '@writ/api';
import {
  type ArgumentCondition,
  DETAIL_TYPE,
  defined,
  everyThere,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  narrowestSelector,
  type SelectedOperation,
  valuesAt,
} from '@writ/core';
import { MOST_OPERATIONS, MOST_REASONS, MOST_TARGETS } from '../record/request-event.ts';
import type { RecordedOperation, RecordedRefusal } from './recorded.ts';

/** Conditions on the arguments of one operation. */
type Conditions = Readonly<Record<string, ArgumentCondition>>;

/** Details whose environments may not be known: nothing covered the call anywhere, so the provider was not asked. */
export type MissingDetail = OutputOf<'refusals.get'>['missing'][number];

/** What is known of a connection's operations now. */
export interface KnownNames {
  /** The effect of an operation before its arguments are looked at; undefined where there is none of that name. */
  baseEffect(operation: string): SelectedOperation['base_effect'] | undefined;
  /** True where a condition may name the argument. */
  hasArgument(operation: string, path: string): boolean;
  readonly resourceKinds: readonly string[];
}

/** True where the log does not have all that the request would have done: it tells a bounded part of each. */
export function isCutShort({ data: { operations, operation_count, operations_digest } }: RecordedRefusal): boolean {
  if (operation_count > operations.length || operations.length > MOST_OPERATIONS) return true;
  if (operations_digest !== undefined) return true;
  return operations.some(
    ({ environments = [], targets }) =>
      environments.length >= MOST_TARGETS || targets.length >= MOST_TARGETS || targets.some(isChanged),
  );
}

/** One detail for each operation that lacks something: its environments, its targets, its arguments. What is alike is joined. */
export function smallestDetails(connection: string, refused: RecordedRefusal, known: KnownNames): MissingDetail[] {
  const details: MissingDetail[] = [];
  for (const operation of refused.data.operations) {
    const environments = lackingIn(operation, refused);
    if (environments === undefined) continue;
    const one = detailFor(connection, operation, { environments, known });
    const alike = details.find((detail) => isJoinable(detail, one));
    if (alike === undefined) details.push(one);
    else join(alike, one);
  }
  return details;
}

/** The environments in which an operation was not covered; none where they are not known; undefined where it was covered everywhere. */
function lackingIn({ name, effect, environments }: RecordedOperation, { data }: RecordedRefusal) {
  // Not all reasons are in the log: everything may lack then.
  if (data.reasons.length >= MOST_REASONS) return environments ?? [];
  // What the grants cover already needs no other grant, though the token may name less.
  const isLack = data.reasons.some(({ link }) => link === 'grants') ? isOfGrants : isOfChain;
  const own = data.reasons.filter((reason) => reason.operation === name && reason.effect === effect && isLack(reason));
  if (own.length === 0) return undefined;
  const named = new Set(own.map(({ environment }) => environment));
  if (named.has('*')) return [];
  return environments?.filter((slug) => named.has(slug)) ?? [...named];
}

type Lack = RecordedRefusal['data']['reasons'][number];

const isOfChain = ({ link }: Lack): boolean => link !== undefined;
const isOfGrants = ({ link }: Lack): boolean => link === 'grants';

function detailFor(
  connection: string,
  { name, effect, targets, arguments: values }: RecordedOperation,
  { environments, known }: { readonly environments: readonly string[]; readonly known: KnownNames },
): MissingDetail {
  const base_effect = known.baseEffect(name) ?? effect;
  const resources = targets.every((target) => isNameable(target, known));
  const conditions = conditionsOf(values, (path) => known.hasArgument(name, path));
  return {
    type: DETAIL_TYPE,
    connection,
    ...(environments.length > 0 && { environments: [...environments] }),
    operations: [narrowestSelector({ name, effect, base_effect })],
    ...(resources && targets.length > 0 && { resources: [...new Set(targets)] }),
    ...defined({ arguments: conditions && { [name]: { ...conditions } } }),
  };
}

/** The mark of a character that was made visible for the log, and that of a text that was cut: the value itself is not known then. */
const CHANGED = /\\u\{|…$/;

function isChanged(text: string): boolean {
  return CHANGED.test(text);
}

function isNameable(target: string, { resourceKinds }: KnownNames): boolean {
  return resourceKinds.includes(target.slice(0, target.indexOf(':')));
}

/** A condition for each argument whose value the log has and a condition may name; undefined where there is none. */
export function conditionsOf(values: JsonObject, isArgument: (path: string) => boolean): Conditions | undefined {
  const found = [...new Set(pathsIn(values, ''))].flatMap((path) => {
    const condition = isArgument(path) ? conditionFor(values, path) : undefined;
    return condition === undefined ? [] : [[path, condition] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The most values of one argument that a condition lists, and the most characters of a value and of a path. */
const MOST_VALUES = 100;
const MOST_LENGTH = 1_000;
const MOST_PATH = 300;

function conditionFor(values: JsonObject, path: string): ArgumentCondition | undefined {
  const found = valuesAt(values, path, 'exact');
  if (path.length > MOST_PATH || !everyThere(found, isKnown)) return undefined;
  const options = [...new Set(found.filter(isOperand))];
  const [only, ...others] = options;
  if (only === undefined || options.length > MOST_VALUES) return undefined;
  return others.length === 0 ? { equals: only } : { one_of: options };
}

type Operand = string | number | boolean;

function isOperand(value: JsonValue | undefined): value is Operand {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isKnown(value: JsonValue): boolean {
  return isOperand(value) && (typeof value !== 'string' || (value.length <= MOST_LENGTH && !isChanged(value)));
}

/** The paths of all plain values. What stands for a secret has none, nor what stands for arguments that are too many. */
function pathsIn(value: JsonValue, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => pathsIn(item, `${path}[]`));
  if (!isJsonObject(value)) return [path];
  const names = Object.keys(value);
  if (names.length === 2 && names.includes('length') && (names.includes('secret') || names.includes('omitted')))
    return [];
  return Object.entries(value).flatMap(([name, member]) => pathsIn(member, path === '' ? name : `${path}.${name}`));
}

function isJoinable(one: MissingDetail, other: MissingDetail): boolean {
  const same = (a: readonly string[] = [], b: readonly string[] = []) => JSON.stringify(a) === JSON.stringify(b);
  const name = Object.keys(other.arguments ?? {})[0];
  // An operation that comes twice with other arguments has a detail for each: conditions of one hold together.
  const isAgain =
    one.operations.includes(other.operations[0] ?? '') || (name && Object.hasOwn(one.arguments ?? {}, name));
  return same(one.environments, other.environments) && same(one.resources, other.resources) && !isAgain;
}

function join(one: MissingDetail, other: MissingDetail): void {
  one.operations.push(...other.operations);
  const all = { ...one.arguments, ...other.arguments };
  if (Object.keys(all).length > 0) one.arguments = all;
}
