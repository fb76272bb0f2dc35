/** The conditions of a guardrail on the arguments and targets of a call (model#when). */
import { valuesAt } from '../json/dotted-path.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { onceFor } from '../once-for.ts';
import type { Resource } from '../request/pipeline.ts';
import type { ArgumentCondition } from '../scope/detail.ts';
import { TARGET_ID, TARGET_NAME, type When } from '../scope/guardrail.ts';
import { conditionHolds, everyThere } from './cover.ts';

/**
 * How a call stands to the conditions of a rule. `inside`: everything named is there and meets its condition. `outside`: one thing that is
 * named is there and plainly does not meet it. `unclear`: neither is certain.
 */
export type Standing = 'inside' | 'outside' | 'unclear';

/** What conditions are about. A call of which nothing is known (a preview, a change of rules) has none of it. */
export interface ConditionedCall {
  readonly arguments?: JsonObject;
  readonly targets?: readonly Pick<Resource, 'id' | 'name'>[];
}

/**
 * Tells how a call stands to the conditions of a rule. Worked out once for each call and rule: a call may reach a thousand environments,
 * and hold long lists.
 */
export function standingOf(call: ConditionedCall, when: When): Standing {
  return standingsOf(call)(when);
}

const standingsOf = onceFor((call: ConditionedCall) => onceFor((when: When) => standing(call, testsOf(when))));

const testsOf = onceFor((when: When) => Object.entries(when).map(([path, condition]) => testOf(path, condition)));

function standing(call: ConditionedCall, tests: readonly ConditionTest[]): Standing {
  if (tests.some(({ path, isOutside }) => everyThere(valuesOf(call, path, 'any_shape'), isOutside))) return 'outside';
  const isInside = tests.every((test) => everyThere(valuesOf(call, test.path, 'exact'), test.isInside));
  return isInside && tests.length > 0 ? 'inside' : 'unclear';
}

/**
 * The values that are compared. Targets are compared as the provider spells them after they were looked up. So that none is missed
 * because of how a path is written, what is outside is looked for in lists of any shape; what is inside only where the path leads exactly.
 */
function valuesOf(
  { arguments: values = {}, targets = [] }: ConditionedCall,
  path: string,
  reading: Reading,
): ReturnType<typeof valuesAt> {
  if (path === TARGET_ID) return targets.map(({ id }) => id);
  if (path === TARGET_NAME) return targets.map(({ name }) => name);
  return valuesAt(values, path, reading);
}

type Reading = Parameters<typeof valuesAt>[2];

interface ConditionTest {
  readonly path: string;
  readonly isInside: (value: JsonValue) => boolean;
  readonly isOutside: (value: JsonValue) => boolean;
}

function testOf(path: string, condition: ArgumentCondition): ConditionTest {
  const isInside = (value: JsonValue): boolean => conditionHolds(value, condition);
  const folded = foldedCondition(condition);
  const types = new Set(operandsOf(condition).map((operand) => typeof operand));
  // A value of another type than all that it is compared with may still mean the same to the provider.
  const isOutside = (value: JsonValue): boolean =>
    types.size === 1 &&
    types.has(typeof value as 'string') &&
    !isInside(value) &&
    (typeof value !== 'string' || !conditionHolds(fold(value), folded));
  return { path, isInside, isOutside };
}

type Operand = string | number | boolean;

function operandsOf(condition: ArgumentCondition): readonly Operand[] {
  return Object.values(condition).flat();
}

function foldedCondition(condition: ArgumentCondition): ArgumentCondition {
  const foldOperand = (operand: Operand): Operand => (typeof operand === 'string' ? fold(operand) : operand);
  if ('equals' in condition) return { equals: foldOperand(condition.equals) };
  if ('one_of' in condition) return { one_of: condition.one_of.map(foldOperand) };
  if ('starts_with' in condition) return { starts_with: fold(condition.starts_with) };
  if ('ends_with' in condition) return { ends_with: fold(condition.ends_with) };
  return condition;
}

/**
 * Folds a text so that two spellings which a provider may take for the same become equal: case, Unicode form, invisible characters,
 * surrounding space and trailing dots are dropped. The decomposed form is used, so that a letter without its accent stays a prefix.
 */
function fold(text: string): string {
  const plain = text.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
  return trimmed(plain.replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, ''));
}

/** Without surrounding space and trailing dots. Step by step: a pattern that is anchored at the end takes quadratic time. */
function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '.' || text[end - 1]?.trim() === '')) end -= 1;
  return text.slice(0, end).trimStart();
}
