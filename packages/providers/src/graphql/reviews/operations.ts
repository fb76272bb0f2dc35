import type { Effect } from '@writ/core';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  isInterfaceType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import type { CatalogOperation } from '../../operation.ts';
import { describeReach } from '../../review/describe.ts';
import { raisedTo } from '../../review/raise.ts';
import type { OperationReview, ResourceRef } from '../../review/review.ts';
import type { FieldReview } from '../catalog.ts';
import { WHY_ADMITTED } from '../live/extend.ts';
import type { ArgumentParts } from '../live/parts.ts';
import { argumentInputs, type InputFacts, leadsToLeaf } from './arguments.ts';
import type { GraphqlSource } from './reviews.ts';
import { INTROSPECTION_ROOTS } from './reviews.ts';

type Root = 'query' | 'mutation';

/** An operation as the catalog lists it, with what its argument paths are checked against. */
export interface ListedOperation extends Omit<CatalogOperation, 'group'> {
  readonly args: readonly GraphQLArgument[];
}

/** Every operation of a catalog: the roots, introspection, then the nested fields that can be operations of their own. */
export function listOperations(source: GraphqlSource, groups: readonly Group[]): readonly CatalogOperation[] {
  return [...listed(source)].map(({ args, ...operation }) => ({
    ...operation,
    group: groupOf(groups, operation.name),
  }));
}

/** The names of a group begin with one of these, in the spelling of a field: of two groups, the one that is listed first has a name. */
export interface Group {
  readonly group: string;
  readonly names: readonly string[];
}

/** The group of a name that no group has: one that was admitted from the live schema. */
const OTHER = 'other';

/** The group of an operation; of a field of a type, by the name of the type. */
function groupOf(groups: readonly Group[], operation: string): string {
  const name = operation.replace(/^(?:query|mutation)\./, '');
  const spelled = name.slice(0, 1).toLowerCase() + name.slice(1);
  return groups.find(({ names }) => names.some((prefix) => spelled.startsWith(prefix)))?.group ?? OTHER;
}

/** The arguments of an operation, as it lists them. */
function argumentsOf(args: readonly GraphQLArgument[], facts: InputFacts) {
  const inputs = argumentInputs(args, facts);
  return { arguments: inputs.map(({ path }) => path), inputs, args };
}

/** Tells for each operation by name whether a path leads to a value a condition can test. */
export function argumentChecker(source: GraphqlSource): (operation: string, path: string) => boolean {
  const byName = new Map([...listed(source)].map(({ name, args }) => [name, args]));
  return (operation, path) => leadsToLeaf(byName.get(operation) ?? [], path);
}

function* listed(source: GraphqlSource): Generator<ListedOperation> {
  const { schema } = source;
  for (const root of ['query', 'mutation'] as const) {
    const type = root === 'query' ? schema.getQueryType() : schema.getMutationType();
    if (type) yield* listRoots(source, { root, type });
  }
  for (const name of INTROSPECTION_ROOTS.keys()) yield introspection(name);
  for (const type of Object.values(schema.getTypeMap())) {
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    if ((isObjectType(type) || isInterfaceType(type)) && !isRoot && !type.name.startsWith('__')) {
      yield* listNested(source, type);
    }
  }
}

function* listRoots(
  { reviews, catalog }: GraphqlSource,
  { root, type }: { root: Root; type: GraphQLObjectType },
): Generator<ListedOperation> {
  for (const field of Object.values(type.getFields())) {
    const { name, review } = reviews.root(root, field.name);
    if (!review) continue;
    const known = reviews.parts(type, field, name);
    const parts = partEffects(known);
    yield {
      name,
      effect: review.effect,
      raised_to: raisedTo(review.effect, [...(review.raises ?? []), ...(review.state_raises ?? []), ...parts]),
      ...(review.admitted && { admitted: true }),
      ...(review.admitted && root === 'mutation' && { spelled_out: true }),
      reach: describeReach(review.reach) + (review.patches ? ', and wherever what its patch names lies' : ''),
      targets: [...(review.targets ?? []), ...patchRefs(review)].map(describeRef),
      ...argumentsOf(field.args, {
        plain: catalog.plain_scalars,
        secret: [...(review.secret ?? []), ...admittedPaths(known)],
      }),
      why: review.why,
    };
  }
}

function* listNested(
  { reviews, catalog }: GraphqlSource,
  type: Exclude<GraphQLCompositeType, { getTypes: unknown }>,
): Generator<ListedOperation> {
  for (const field of Object.values(type.getFields())) {
    const { name, review } = reviews.field(type, field);
    const known = reviews.parts(type, field, name);
    const parts = partEffects(known);
    if (!review || !(standsForItself(review) || parts.length > 0)) continue;
    yield {
      name,
      effect: review.effect,
      raised_to: raisedTo(review.effect, [...(review.raises ?? []), ...parts]),
      ...(review.admitted && { admitted: true }),
      reach: describeStep(review),
      targets: review.by_id ? [describeRef(review.by_id)] : [],
      ...argumentsOf(field.args, { plain: catalog.plain_scalars, secret: admittedPaths(known) }),
      why: review.admitted ? WHY_ADMITTED : 'A field with an effect or a reach of its own.',
    };
  }
}

/** The effects to which an operation is raised by using an admitted part of its arguments. */
function partEffects(parts: ArgumentParts | undefined): readonly { readonly to: Effect }[] {
  return [...(parts?.effects.values() ?? [])].map((to) => ({ to }));
}

/** The arguments that were admitted: their values are taken to be secret. */
function admittedPaths(parts: ArgumentParts | undefined): readonly string[] {
  return [...(parts?.effects.keys() ?? [])].filter((part) => !part.includes('='));
}

function standsForItself({ effect, step, raises, by_id, admitted }: FieldReview): boolean {
  return admitted === true || effect !== 'read' || step !== 'same' || by_id !== undefined || (raises?.length ?? 0) > 0;
}

function introspection(name: string): ListedOperation {
  const review = INTROSPECTION_ROOTS.get(name);
  const args = [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name)?.args ?? [];
  return {
    name,
    effect: 'read',
    raised_to: [],
    reach: describeReach({ in: 'shared' }),
    targets: [],
    ...argumentsOf(args, {}),
    why: review?.why ?? '',
  };
}

/** The references inside a patch, as if each place in it were an argument. */
function patchRefs({ patches = [] }: OperationReview): readonly ResourceRef[] {
  return patches.flatMap(({ path, ids }) => ids.map(({ at, kind }) => ({ kind, path: `${path}.${at}` })));
}

function describeRef({ kind, path }: ResourceRef): string {
  return `${kind}:${path}`;
}

function describeStep({ step, by_id, admitted }: FieldReview): string {
  if (by_id) return `where the ${by_id.kind} lies that ${by_id.path} names`;
  if (step === 'same') return 'where its parent is';
  if (admitted) return 'shared and every environment; directory fields stay shared';
  return step === 'shared' ? 'shared' : 'every environment of the container; directory fields stay shared';
}
