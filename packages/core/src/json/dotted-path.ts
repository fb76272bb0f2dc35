/** Dotted paths into the arguments of an operation (model#detail): names joined by dots, with `[]` after the name of a list. */
import { isJsonObject, type JsonValue } from './json.ts';

/** One step of a path: the name of a member, and how many nested lists follow (`labels[]` one, `rows[][]` two). */
export interface PathStep {
  readonly name: string;
  readonly lists: number;
}

/** Reads a path. A name holds no dot; brackets that are not at the end of a step are part of its name. */
export function pathSteps(path: string): readonly PathStep[] {
  return path.split('.').map((step) => {
    let end = step.length;
    while (step.endsWith('[]', end)) end -= 2;
    return { name: step.slice(0, end), lists: (step.length - end) / 2 };
  });
}

/**
 * The two ways to read a path in values of another shape.
 * - `exact` is for rules that allow: `[]` means every element of a list, which must not be empty; without `[]` no list is entered.
 * - `any_shape` is for rules that restrict, hide or find, and must miss nothing because of how a path is written: a list is entered with
 *   or without `[]`, `[]` after a value that is no list means the value itself, and the name `*` means every member.
 */
export type PathReading = 'exact' | 'any_shape';

/**
 * Returns every value at a path. `undefined` stands for each place without a value; when the path is read in any shape, an empty list gives
 * nothing.
 */
export function valuesAt(
  values: JsonValue,
  path: string,
  reading: PathReading = 'any_shape',
): readonly (JsonValue | undefined)[] {
  const isExact = reading === 'exact';
  let found: readonly (JsonValue | undefined)[] = [values];
  for (const { name, lists } of pathSteps(path)) {
    if (!isExact) found = found.flatMap(innermost);
    found = !isExact && name === '*' ? found.flatMap(members) : found.map((value) => member(value, name));
    for (let depth = 0; depth < lists; depth += 1) found = found.flatMap(isExact ? listElements : elements);
  }
  return found;
}

/**
 * Returns a copy of the values in which each value at a path is replaced. The path is read in any shape, so that everything `valuesAt`
 * finds is replaced. No value is added where there was none.
 */
export function replaceAt(values: JsonValue, path: string, replace: (value: JsonValue) => JsonValue): JsonValue {
  return replaceBelow(values, pathSteps(path), replace);
}

type Replace = (value: JsonValue) => JsonValue;

function replaceBelow(value: JsonValue, steps: readonly PathStep[], replace: Replace): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) return replace(value);
  if (isList(value)) return value.map((item) => replaceBelow(item, steps, replace));
  if (!isJsonObject(value)) return value;
  const below = (inner: JsonValue): JsonValue => replaceBelow(inner, rest, replace);
  const changed = Object.entries(value)
    .filter(([name]) => step.name === '*' || step.name === name)
    .map(([name, inner]) => [name, replaceElements(inner, step.lists, below)] as const);
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}

function replaceElements(value: JsonValue, lists: number, replace: Replace): JsonValue {
  if (lists === 0 || !isList(value)) return replace(value);
  return value.map((item) => replaceElements(item, lists - 1, replace));
}

type Found = JsonValue | undefined;

function member(value: Found, name: string): Found {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function members(value: Found): readonly Found[] {
  return isJsonObject(value) ? Object.values(value) : [];
}

function elements(value: Found): readonly Found[] {
  return isList(value) ? value : [value];
}

function listElements(value: Found): readonly Found[] {
  return isList(value) && value.length > 0 ? value : [undefined];
}

/** Returns the elements of lists and of nested lists. */
function innermost(value: Found): readonly Found[] {
  return isList(value) ? value.flatMap(innermost) : [value];
}

function isList(value: Found): value is readonly JsonValue[] {
  return Array.isArray(value);
}
