import { canonicalJson, type Guardrail, onceFor, type Standing, type When } from '@writ/core';
import { wrong } from '../validation.ts';

/** A way in which a call can stand to the conditions of rules; the same `when` is the same condition in every rule. */
export type Way = (when: When) => Standing;

/** The most different `when` of rules that speak of one operation in one environment: all pairs of them are tried. */
const MOST_WHEN = 10;

const keyOf = onceFor((when: When) => canonicalJson(when));

function keysOf(rules: readonly Guardrail[]): string[] {
  return [...new Set(rules.flatMap(({ when }) => (when === undefined ? [] : [keyOf(when)])))];
}

/**
 * Makes the finder of the ways in which a call can stand to the conditions of those rules that speak of it. Of all ways those are enough
 * in which it is plainly outside all conditions but two: one (met, or not certain) of a rule that guards before a change and not after it,
 * and one (met) of a rule that decides alone after it. What else holds only makes it stricter after the change, or milder before.
 */
export function waysFor(rules: readonly Guardrail[]): (speaks: (rule: Guardrail) => boolean) => readonly Way[] {
  const conditional = rules.filter(({ when }) => when !== undefined);
  const known = new Map<string, readonly Way[]>();
  return (speaks) => {
    const keys = keysOf(conditional.filter(speaks));
    const key = keys.join('\n');
    const ways = known.get(key) ?? waysOf(keys);
    known.set(key, ways);
    return ways;
  };
}

function waysOf(keys: readonly string[]): readonly Way[] {
  const one = keys.flatMap((key) => (['inside', 'unclear'] as const).map((standing) => new Map([[key, standing]])));
  const two = one.flatMap((map) =>
    keys.filter((key) => !map.has(key)).map((key) => new Map([...map, [key, 'inside']])),
  );
  return [new Map(), ...one, ...two].map(
    (map): Way =>
      (when) =>
        (map.get(keyOf(when)) as Standing) ?? 'outside',
  );
}

/** Throws `validation_failed` where more rules with different conditions speak of one operation than can be compared. */
export function refuseTooMany(rules: readonly Guardrail[], speaks: (rule: Guardrail) => boolean): void {
  if (keysOf(rules.filter((rule) => rule.when !== undefined && speaks(rule))).length <= MOST_WHEN) return;
  const problem = `must not have more than ${MOST_WHEN} different \`when\` for one operation in one environment`;
  throw wrong({ field: 'items', problem });
}
