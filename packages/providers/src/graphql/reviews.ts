import { type Effect, isWorse, worstEffect } from '@writ/core';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { FieldReview, GraphqlCatalog, OperationReview, Raise } from '../catalog.ts';

/** The reviews of a catalog, looked up by the names a document uses. */
export interface Reviews {
  /** The operation's name as selectors write it: qualified where it is both a query and a mutation. */
  rootName(root: 'query' | 'mutation', field: string): string;
  root(root: 'query' | 'mutation', field: string): OperationReview | undefined;
  /** Of a field below a root. */
  field(type: GraphQLCompositeType, field: FieldDefinition): ReviewedField;
}

/** A field with its review. */
export interface ReviewedField {
  /** `Type.field`. */
  readonly name: string;
  /** `undefined` where it, or one of an interface's members, was never reviewed. */
  readonly review: FieldReview | undefined;
}

type FieldDefinition = GraphQLField<unknown, unknown>;

/** A catalog with what is derived from it once. */
export interface GraphqlSource {
  readonly catalog: GraphqlCatalog;
  readonly schema: GraphQLSchema;
  readonly reviews: Reviews;
}

/** `__typename`, `__schema` and `__type`: what every GraphQL server says of itself, and the same for everyone. */
const INTROSPECTION: OperationReview = {
  effect: 'read',
  reach: { in: 'shared' },
  why: 'Introspection tells the schema, which the provider publishes.',
};

/** Fields of every query type that the catalog does not list. */
export const INTROSPECTION_ROOTS: ReadonlyMap<string, OperationReview> = new Map(
  ['__schema', '__type', '__typename'].map((name) => [name, INTROSPECTION]),
);

const STAYS: FieldReview = { effect: 'read', step: 'same' };

/** What a field is taken to be of which nothing is known but the effect an owner gave it: it leads anywhere. */
export const ASSUMED_FIELD: FieldReview = { effect: 'read', step: 'out' };

/** What an operation is taken to be of which nothing is known but the effect an owner gave it: it reaches everything. */
export const ASSUMED_ROOT: OperationReview = {
  effect: 'read',
  reach: { in: 'everything' },
  why: 'Not reviewed; the effect was given by an owner.',
};

/** Indexes a catalog. Names come from requests, so every lookup is by own property. */
export function indexReviews(catalog: GraphqlCatalog, schema: GraphQLSchema): Reviews {
  const roots = { query: catalog.queries, mutation: catalog.mutations };
  const known = new Map<FieldDefinition, ReviewedField>();
  const isBoth = (field: string) => hasField(catalog, 'Query', field) && hasField(catalog, 'Mutation', field);
  return {
    rootName: (root, field) => (isBoth(field) ? `${root}.${field}` : field),
    root: (root, field) => INTROSPECTION_ROOTS.get(field) ?? own(roots[root], field),
    field(type, field) {
      if (field === TypeNameMetaFieldDef) return { name: `${type.name}.__typename`, review: STAYS };
      const cached = known.get(field);
      if (cached) return cached;
      const of = { type, field: field.name };
      const review = type.name.startsWith('__') ? STAYS : reviewField({ catalog, schema }, of);
      const reviewed = { name: `${type.name}.${field.name}`, review };
      known.set(field, reviewed);
      return reviewed;
    },
  };
}

function hasField(catalog: GraphqlCatalog, type: 'Query' | 'Mutation', field: string): boolean {
  const reviews = type === 'Query' ? catalog.queries : catalog.mutations;
  return Object.hasOwn(reviews, field) || Object.hasOwn(own(catalog.schema.objects, type)?.fields ?? {}, field);
}

/** On an interface the worst member counts, the interface itself among them. */
function reviewField(
  { catalog, schema }: Omit<GraphqlSource, 'reviews'>,
  of: { type: GraphQLCompositeType; field: string },
): FieldReview | undefined {
  const names = [of.type.name];
  if (isInterfaceType(of.type)) names.push(...schema.getPossibleTypes(of.type).map((member) => member.name));
  else if (isAbstractType(of.type)) return undefined;
  let worst: FieldReview | undefined;
  for (const name of names) {
    const review = own(own(catalog.fields, name) ?? {}, of.field);
    if (!review) return undefined;
    worst = worst ? worse(worst, review) : review;
  }
  return worst;
}

function worse(a: FieldReview, b: FieldReview): FieldReview {
  const raises: readonly Raise[] = [...(a.raises ?? []), ...(b.raises ?? [])];
  const effect = worstEffect([a.effect, b.effect]);
  // Members that lead to different places: only "anywhere" is true of all of them.
  if (a.step !== b.step || !sameId(a, b)) return { effect, step: 'out', raises };
  return { ...a, effect, raises };
}

function sameId(a: FieldReview, b: FieldReview): boolean {
  return a.by_id?.kind === b.by_id?.kind && a.by_id?.path === b.by_id?.path && a.by_id?.of === b.by_id?.of;
}

/** The effects that arguments can raise `effect` to, mildest first, each once. */
export function raisedTo(effect: Effect, raises: readonly Raise[] | undefined): readonly Effect[] {
  const worse = new Set((raises ?? []).map((raise) => raise.to).filter((to) => isWorse(to, effect)));
  return [...worse].sort((a, b) => (isWorse(a, b) ? 1 : -1));
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
