import { type Effect, isWorse } from '@writ/core';
import type { EffectOverrides } from '../provider.ts';
import type { OperationReview } from './review.ts';

/**
 * An owner's overrides for one connection. They raise effects, never lower them, and give an effect to names that the schema has and the
 * catalog never reviewed; such an operation is then taken to reach everything. A name that the schema lacks stays refused all the same:
 * its arguments could not be read as the provider's server would read them.
 */
export const NO_OVERRIDES: EffectOverrides = new Map();

/** The review of an operation under overrides. */
export function overrideOperation(
  known: OperationReview | undefined,
  { name, overrides }: { readonly name: string; readonly overrides: EffectOverrides },
): OperationReview | undefined {
  const effect = overrides.get(name);
  if (effect === undefined) return known;
  return raised(known ?? unreviewed(effect), effect);
}

function unreviewed(effect: Effect): OperationReview {
  return { effect, reach: { in: 'everything' }, why: 'Not reviewed; the effect was given by an owner.' };
}

/** A review with an effect that is at least this bad. */
export function raised<Review extends { readonly effect: Effect }>(review: Review, effect: Effect): Review {
  return isWorse(effect, review.effect) ? { ...review, effect } : review;
}

/** Overrides as a text: equal for equal overrides, in any map and order. */
export function overridesKey(overrides: EffectOverrides): string {
  if (overrides.size === 0) return '';
  return JSON.stringify([...overrides].sort(([a], [b]) => (a < b ? -1 : 1)));
}
