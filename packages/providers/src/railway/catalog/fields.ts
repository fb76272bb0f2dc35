/** The short form in which fields are reviewed. There are no defaults: a field that is in no list is not reviewed. */
import type { Effect } from '@writ/core';
import type { FieldReview } from '../../graphql/catalog.ts';
import type { Step } from '../../review/review.ts';
import { words } from './build.ts';

/** Type -> field -> review. */
export type Fields = Readonly<Record<string, Readonly<Record<string, FieldReview>>>>;

/** What each list says of its fields: its effect, and where it leads. */
const LISTS = {
  /** Not secret, stays where its parent is. */
  read: { effect: 'read', step: 'same' },
  /** Not secret, leads to what lies outside any environment. */
  shared: { effect: 'read', step: 'shared' },
  /** Not secret, leads into other environments. */
  out: { effect: 'read', step: 'out' },
  /** Secret, opaque or pre-authorised, stays where its parent is. */
  reveal: { effect: 'reveal', step: 'same' },
  /** Gives access, stays where its parent is. */
  escalate: { effect: 'escalate', step: 'same' },
} as const satisfies Record<string, { effect: Effect; step: Step }>;

const LIST_NAMES = ['read', 'shared', 'out', 'reveal', 'escalate'] as const;

/** The fields of one type, each in exactly one list, separated by blanks. Throws a `TypeError` for a field in two lists. */
export function fields(
  lists: Readonly<Partial<Record<keyof typeof LISTS, string>>>,
): Readonly<Record<string, FieldReview>> {
  const reviewed = Object.create(null) as Record<string, FieldReview>;
  for (const list of LIST_NAMES) {
    for (const field of words(lists[list] ?? '')) {
      if (field in reviewed) throw new TypeError(`${field} is reviewed twice`);
      reviewed[field] = LISTS[list];
    }
  }
  return reviewed;
}
