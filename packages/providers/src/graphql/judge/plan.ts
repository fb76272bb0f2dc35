import type { OperationReview } from '../../review/review.ts';
import type { FieldReview } from '../catalog.ts';
import type { ExpandedField, ExpandedOperation } from '../document/expand.ts';
import { MAX_OPERATIONS } from '../limits.ts';
import type { ArgumentParts } from '../live/parts.ts';
import { tooLarge, unknownOperation } from '../refuse.ts';
import type { Reviews } from '../reviews/reviews.ts';
import { type Arguments, prepareArguments } from './call.ts';
import { selectsOnlyDirectory } from './directory.ts';

interface PlannedBase {
  readonly name: string;
  /** The name of the field, without its type. */
  readonly field: string;
  readonly argumentsFor: Arguments;
  /** What an owner admitted to its arguments, where they can hold such. */
  readonly parts?: ArgumentParts;
  readonly directory_only: boolean;
}

/** A field of the query or mutation type. */
export interface PlannedRoot extends PlannedBase {
  readonly at: 'root';
  readonly review: OperationReview;
}

/** A field below that is an operation of its own, or that its arguments may make one. */
export interface PlannedNested extends PlannedBase {
  readonly at: 'nested';
  readonly review: FieldReview;
  readonly type: string;
  readonly path: string;
  /** Index in the plan. */
  readonly root: number;
  /** Index in the plan of the nearest enclosing field that settles a place. */
  readonly under: number;
  /** True where it leads elsewhere: then it is an operation even as a read. */
  readonly leaves: boolean;
}

export type PlannedField = PlannedRoot | PlannedNested;

/** The fields of an operation that are judged anew for every call; parents come first. */
export interface Plan {
  readonly root: 'query' | 'mutation';
  readonly fields: readonly PlannedField[];
}

interface Place {
  readonly root: number;
  readonly under: number;
  /** True where what is reached so far includes `shared`. */
  readonly shared: boolean;
  readonly above: Above | undefined;
}

/** The fields from the root to here, last first: written out only where a path is needed. */
interface Above {
  readonly name: string;
  readonly above: Above | undefined;
}

interface PlanDraft {
  readonly reviews: Reviews;
  readonly fields: PlannedField[];
}

/** Plans how an expanded operation is judged. Throws `WritError('operation_unknown')` for a field without a review. */
export function makePlan(
  reviews: Reviews,
  { expanded, root }: { expanded: ExpandedOperation; root: Plan['root'] },
): Plan {
  const planning: PlanDraft = { reviews, fields: [] };
  const all = [...expanded.roots.values()];
  // A `__typename` next to other operations adds nothing to them; alone it is what the request does.
  const telltale = all.filter((field) => field.definition.name !== '__typename');
  for (const field of telltale.length > 0 ? telltale : all) planRoot(planning, root, field);
  return { root, fields: planning.fields };
}

function planRoot(planning: PlanDraft, root: Plan['root'], field: ExpandedField): void {
  const { reviews, fields } = planning;
  const { name, review } = reviews.root(root, field.definition.name);
  if (!review) throw unknownOperation(name);
  const index = fields.length;
  const directory_only = selectsOnlyDirectory(reviews, field);
  add(planning, { at: 'root', name, review, directory_only, ...callOf(planning, name, field) });
  const above = { name: field.definition.name, above: undefined };
  planChildren(planning, field, { root: index, under: index, shared: includesShared(review), above });
}

function add({ fields }: PlanDraft, field: PlannedField): void {
  if (fields.length >= MAX_OPERATIONS)
    throw tooLarge(`The GraphQL request holds more than ${MAX_OPERATIONS} operations.`);
  fields.push(field);
}

/** Tells whether a reach rule always includes `shared`: then a step to a shared object adds nothing to it. */
function includesShared({ reach }: OperationReview): boolean {
  if (reach.in === 'container') return reach.fork === undefined;
  return reach.in !== 'environment' && reach.in !== 'resource' && reach.in !== 'instances';
}

function planChildren(planning: PlanDraft, parent: ExpandedField, place: Place): void {
  for (const field of parent.children.values()) planField(planning, field, place);
}

function planField(planning: PlanDraft, field: ExpandedField, place: Place): void {
  const { reviews, fields } = planning;
  const { name, review } = reviews.field(field.type, field.definition);
  if (!review) throw unknownOperation(name);
  const leaves = review.by_id !== undefined || review.step === 'out' || (review.step === 'shared' && !place.shared);
  const index = fields.length;
  const call = callOf(planning, name, field);
  if (leaves || review.effect !== 'read' || review.raises?.length || call.parts) {
    add(planning, {
      at: 'nested',
      name,
      review,
      directory_only: leaves && selectsOnlyDirectory(reviews, field),
      type: field.type.name,
      path: pathOf({ name: field.definition.name, above: place.above }),
      root: place.root,
      under: place.under,
      leaves,
      ...call,
    });
  }
  if (field.children.size === 0) return;
  planChildren(planning, field, {
    root: place.root,
    // Where a call does not use the admitted arguments, what lies below this field counts as lying below the one above it.
    under: leaves || call.parts ? index : place.under,
    shared: leaves ? review.step === 'shared' && !review.by_id : place.shared,
    above: { name: field.definition.name, above: place.above },
  });
}

function callOf(
  { reviews }: PlanDraft,
  name: string,
  { type, definition, node }: ExpandedField,
): Pick<PlannedBase, 'field' | 'argumentsFor' | 'parts'> {
  const parts = reviews.parts(type, definition, name);
  return { field: definition.name, argumentsFor: prepareArguments(definition, node), ...(parts && { parts }) };
}

function pathOf({ name, above }: Above): string {
  return above ? `${pathOf(above)}.${name}` : name;
}
