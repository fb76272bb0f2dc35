import type { ExpandedField } from '../document/expand.ts';
import type { Reviews } from '../reviews/reviews.ts';

/**
 * Fields that name a thing, or lead through a connection to it, and say nothing of what is inside, at any GraphQL API
 * (model#directory-field). A provider's catalog adds its own.
 */
const DIRECTORY_FIELDS: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'name',
  'edges',
  'node',
  'cursor',
  'pageInfo',
  'hasNextPage',
  'hasPreviousPage',
  'startCursor',
  'endCursor',
]);

/**
 * Tells whether only directory fields are selected below a field. A read that leads to another place is an operation of its own, so it is
 * not looked at here. A field without a selection, or with an effect that is or may become worse than `read`, makes the answer no.
 */
export function selectsOnlyDirectory(reviews: Reviews, field: ExpandedField): boolean {
  if (field.children.size === 0) return false;
  for (const child of field.children.values()) if (!isDirectory(reviews, child)) return false;
  return true;
}

function isDirectory(reviews: Reviews, field: ExpandedField): boolean {
  const { review } = reviews.field(field.type, field.definition);
  if (review?.effect !== 'read' || review.raises?.length) return false;
  if (review.step !== 'same' || review.by_id) return true;
  // What an admitted field returns was reviewed by nobody, even where it has a directory field's name.
  const { name } = field.definition;
  if (review.admitted || !(DIRECTORY_FIELDS.has(name) || reviews.isDirectory(name))) return false;
  return field.children.size === 0 || selectsOnlyDirectory(reviews, field);
}
