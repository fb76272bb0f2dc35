import type { Effect } from '@writ/core';
import { isWorse, worstEffect } from '@writ/core';
import type { FieldReview, OperationReview } from '../catalog.ts';
import type { EffectOverrides } from '../provider.ts';

/**
 * An owner's overrides for one connection raise effects, never lower them, and give an effect to fields that the schema has and the
 * catalog never reviewed; those are then taken to reach anything. A name that the schema lacks stays refused, override or not:
 * its arguments could not be read as the provider's server would.
 */
export const NO_OVERRIDES: EffectOverrides = new Map();

/** The review of a root operation under overrides. */
export function overrideRoot(
  known: OperationReview | undefined,
  { name, overrides }: { readonly name: string; readonly overrides: EffectOverrides },
): OperationReview | undefined {
  const effect = overrides.get(name);
  if (effect === undefined) return known;
  return raised(known ?? unreviewed(effect), effect);
}

/** The review of a field under overrides; one of an interface's field holds for the types that implement it as well. */
export function overrideField(
  known: FieldReview | undefined,
  { type, interfaces, field, overrides }: FieldNames & { readonly overrides: EffectOverrides },
): FieldReview | undefined {
  if (overrides.size === 0) return known;
  const own = overrides.get(`${type}.${field}`);
  if (!known) return own && raised(UNREVIEWED, own);
  const inherited = interfaces.flatMap((name) => overrides.get(`${name}.${field}`) ?? []);
  return raised(known, worstEffect(own ? [own, ...inherited] : inherited));
}

/** A field, its type, and the interfaces that type implements. */
export interface FieldNames {
  readonly type: string;
  readonly interfaces: readonly string[];
  readonly field: string;
}

const UNREVIEWED: FieldReview = { effect: 'read', step: 'out' };

function unreviewed(effect: Effect): OperationReview {
  return { effect, reach: { in: 'everything' }, why: 'Not reviewed; the effect was given by an owner.' };
}

function raised<Review extends { readonly effect: Effect }>(review: Review, effect: Effect): Review {
  return isWorse(effect, review.effect) ? { ...review, effect } : review;
}

/** Overrides as a text: equal for equal overrides, in any map and order. */
export function overridesKey(overrides: EffectOverrides): string {
  if (overrides.size === 0) return '';
  return JSON.stringify([...overrides].sort(([a], [b]) => (a < b ? -1 : 1)));
}
