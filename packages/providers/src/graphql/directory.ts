import type { ExpandedField } from './expand.ts';
import type { Reviews } from './reviews.ts';

/**
 * What names a thing and leads through a connection to it, and says nothing of what is inside, at any GraphQL API (model#directory-field).
 * What else does at a provider its catalog says.
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
  // One that was admitted says what nobody reviewed, even where its name is a directory field's.
  const { name } = field.definition;
  if (review.admitted || !(DIRECTORY_FIELDS.has(name) || reviews.isDirectory(name))) return false;
  return field.children.size === 0 || selectsOnlyDirectory(reviews, field);
}
