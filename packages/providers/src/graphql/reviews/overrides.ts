import { worstEffect } from '@writ/core';
import type { EffectOverrides } from '../../provider.ts';
import { raised } from '../../review/overrides.ts';
import type { FieldReview } from '../catalog.ts';

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
