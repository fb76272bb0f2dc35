import type { FieldReview, OperationReview } from '../catalog.ts';
import { selectsOnlyDirectory } from './directory.ts';
import type { Expanded, ExpandedField } from './expand.ts';
import { ASSUMED_FIELD, ASSUMED_ROOT, type Reviews } from './reviews.ts';

interface PlannedBase {
  readonly name: string;
  /** False where the catalog has no review of it: refused unless an owner gave it an effect. */
  readonly reviewed: boolean;
  readonly field: ExpandedField;
  readonly directory_only: boolean;
}

/** A field of the query or mutation type. */
export interface PlannedRoot extends PlannedBase {
  readonly at: 'root';
  readonly review: OperationReview;
}

/** A field below, which is an operation of its own if it leaves its place or does worse than read. */
export interface PlannedNested extends PlannedBase {
  readonly at: 'nested';
  readonly review: FieldReview;
  /** Index in the plan. */
  readonly root: number;
  /** Index in the plan of the nearest enclosing field that settles a place. */
  readonly under: number;
  readonly leaves: boolean;
  /** Index in the plan of the field it is selected in. */
  readonly above: number;
}

export type PlannedField = PlannedRoot | PlannedNested;

/** All fields of an operation, parents first: what does not depend on variables, and so can be kept. */
export interface Plan {
  readonly root: 'query' | 'mutation';
  readonly fields: readonly PlannedField[];
  /** Indexes of all but plain reads that stay in their place: what to look at while no override is set. */
  readonly telling: readonly number[];
}

interface Place {
  readonly root: number;
  readonly under: number;
  /** True where what is reached so far includes `shared`. */
  readonly shared: boolean;
  readonly above: number;
}

interface Planning {
  readonly reviews: Reviews;
  readonly fields: PlannedField[];
}

/** Plans how an expanded operation is judged. */
export function makePlan(reviews: Reviews, { expanded, root }: { expanded: Expanded; root: Plan['root'] }): Plan {
  const planning: Planning = { reviews, fields: [] };
  const all = [...expanded.roots.values()];
  // A `__typename` next to other operations adds nothing to them; alone it is what the request does.
  const telltale = all.filter((field) => field.definition.name !== '__typename');
  for (const field of telltale.length > 0 ? telltale : all) planRoot(planning, root, field);
  const telling = [...planning.fields.keys()].filter((index) => isTelling(planning.fields[index]));
  return { root, fields: planning.fields, telling };
}

function planRoot(planning: Planning, root: Plan['root'], field: ExpandedField): void {
  const { reviews, fields } = planning;
  const fieldName = field.definition.name;
  const known = reviews.root(root, fieldName);
  const review = known ?? ASSUMED_ROOT;
  const index = fields.length;
  fields.push({
    at: 'root',
    name: reviews.rootName(root, fieldName),
    reviewed: known !== undefined,
    review,
    field,
    directory_only: selectsOnlyDirectory(reviews, field),
  });
  planChildren(planning, field, { root: index, under: index, shared: includesShared(review), above: index });
}

/** Of all reach rules these alone may leave `shared` out, so that a step to a shared object adds to what they reach. */
function includesShared({ reach }: OperationReview): boolean {
  return reach.in !== 'environment' && reach.in !== 'resource' && reach.in !== 'service';
}

function planChildren(planning: Planning, parent: ExpandedField, place: Place): void {
  for (const field of parent.children.values()) planField(planning, field, place);
}

function planField(planning: Planning, field: ExpandedField, place: Place): void {
  const { reviews, fields } = planning;
  const { name, review: known } = reviews.field(field.type, field.definition);
  const review = known ?? ASSUMED_FIELD;
  const index = fields.length;
  const leaves = review.by_id !== undefined || review.step === 'out' || (review.step === 'shared' && !place.shared);
  fields.push({
    at: 'nested',
    name,
    reviewed: known !== undefined,
    review,
    field,
    directory_only: leaves && selectsOnlyDirectory(reviews, field),
    root: place.root,
    under: place.under,
    leaves,
    above: place.above,
  });
  const moved = leaves ? { under: index, shared: review.step === 'shared' && !review.by_id } : {};
  if (field.children.size > 0) planChildren(planning, field, { ...place, ...moved, above: index });
}

function isTelling(planned: PlannedField | undefined): boolean {
  if (!planned) return false;
  if (planned.at === 'root' || planned.leaves || !planned.reviewed) return true;
  return planned.review.effect !== 'read' || (planned.review.raises?.length ?? 0) > 0;
}
