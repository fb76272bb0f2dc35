import type { ExpandedField } from './expand.ts';
import type { Reviews } from './reviews.ts';

/**
 * What names an environment or resource and leads through a connection to it, and says nothing of what is inside (model#directory-field).
 */
const DIRECTORY_FIELDS: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'name',
  'createdAt',
  'isEphemeral',
  'projectId',
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
 * Tells whether all that is selected below a field is directory fields. A read that leads to another place is an operation of
 * its own and does not count; a field without a selection, or with an effect that is or may become worse than `read`, does.
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
  if (review.admitted || !DIRECTORY_FIELDS.has(field.definition.name)) return false;
  return field.children.size === 0 || selectsOnlyDirectory(reviews, field);
}
