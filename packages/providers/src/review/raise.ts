import { type Effect, isWorse, type JsonObject, worstEffect } from '@writ/core';
import { holds } from './condition.ts';
import type { Raise } from './review.ts';

/** The effect of an operation with these arguments: its own, or the worst that they raise it to. */
export function raisedBy(
  values: JsonObject,
  { effect, raises }: { readonly effect: Effect; readonly raises?: readonly Raise[] },
): Effect {
  if (!raises) return effect;
  return worstEffect([effect, ...raises.filter(({ when }) => holds(when, values)).map(({ to }) => to)]);
}

/** The effects that arguments can raise `effect` to, mildest first, each once. */
export function raisedTo(effect: Effect, raises: readonly Pick<Raise, 'to'>[] | undefined): readonly Effect[] {
  const worse = new Set((raises ?? []).map((raise) => raise.to).filter((to) => isWorse(to, effect)));
  return [...worse].sort((a, b) => (isWorse(a, b) ? 1 : -1));
}
