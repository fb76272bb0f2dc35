import { worstEffect } from '@writ/core';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isUnionType,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { EffectOverrides } from '../../provider.ts';
import { NO_OVERRIDES, overrideOperation } from '../../review/overrides.ts';
import type { OperationReview, Raise } from '../../review/review.ts';
import type { FieldReview, GraphqlCatalog } from '../catalog.ts';
import type { Admitted, ArgumentParts } from '../live/parts.ts';
import { own } from '../own.ts';
import { overrideField } from './overrides.ts';

/** The reviews of a catalog, looked up by the names a document uses. */
export interface Reviews {
  root(root: 'query' | 'mutation', field: string): ReviewOf<OperationReview>;
  /** Of a field below a root. */
  field(type: GraphQLCompositeType, field: FieldDefinition): ReviewOf<FieldReview>;
  /** Tells whether the provider's catalog says that fields of this name are directory fields (model#directory-field). */
  isDirectory(name: string): boolean;
  /** What an owner admitted to the arguments of a field of this name; `undefined` where they can hold nothing of the kind. */
  parts(type: GraphQLCompositeType, field: FieldDefinition, name: string): ArgumentParts | undefined;
}

/** What the catalog has of a field. */
export interface ReviewOf<Review> {
  /** As selectors write it: `Type.field` below a root, qualified where a root is both a query and a mutation. */
  readonly name: string;
  /** `undefined` where it, or one of an interface's members, was never reviewed. */
  readonly review: Review | undefined;
}

type FieldDefinition = GraphQLField<unknown, unknown>;

/** A catalog, and the schema built from its facts. */
export interface CatalogSource {
  readonly catalog: GraphqlCatalog;
  /** What an owner admitted to it for one connection. */
  readonly admitted?: Admitted;
  readonly schema: GraphQLSchema;
}

/** A catalog with all that is derived from it once. */
export interface GraphqlSource extends CatalogSource {
  /** Without overrides. */
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

/** Indexes a catalog as an owner's overrides change it. Names come from requests, so every lookup is by own property. */
export function indexReviews(of: CatalogSource, overrides: EffectOverrides = NO_OVERRIDES): Reviews {
  const { catalog, admitted } = of;
  const base = admitted?.base ?? catalog;
  const roots = { query: catalog.queries, mutation: catalog.mutations };
  const known = new Map<FieldDefinition, ReviewOf<FieldReview>>();
  const isBoth = (field: string) => hasField(base, 'Query', field) && hasField(base, 'Mutation', field);
  return {
    root(root, field) {
      const name = admitted?.names.get(`${ROOT_TYPES[root]}.${field}`) ?? (isBoth(field) ? `${root}.${field}` : field);
      const review = INTROSPECTION_ROOTS.get(field) ?? own(roots[root], field);
      return { name, review: overrideOperation(review, { name, overrides }) };
    },
    field(type, field) {
      if (field === TypeNameMetaFieldDef) return { name: `${type.name}.__typename`, review: STAYS };
      const cached = known.get(field);
      if (cached) return cached;
      const review = type.name.startsWith('__') ? STAYS : reviewField(of, { type, field: field.name, overrides });
      const reviewed = { name: `${type.name}.${field.name}`, review };
      known.set(field, reviewed);
      return reviewed;
    },
    isDirectory: (name) => catalog.directory_fields?.includes(name) === true,
    parts: (type, field, name) => admitted?.argumentParts(type, field, name),
  };
}

const ROOT_TYPES = { query: 'Query', mutation: 'Mutation' } as const;

function hasField(catalog: GraphqlCatalog, type: 'Query' | 'Mutation', field: string): boolean {
  const reviews = type === 'Query' ? catalog.queries : catalog.mutations;
  return Object.hasOwn(reviews, field) || Object.hasOwn(own(catalog.schema.objects, type)?.fields ?? {}, field);
}

interface FieldToReview {
  readonly type: GraphQLCompositeType;
  readonly field: string;
  readonly overrides: EffectOverrides;
}

/** The review of a field. On an interface the worst member counts, and the interface itself is one of them. */
function reviewField(
  { catalog, schema }: CatalogSource,
  { type, field, overrides }: FieldToReview,
): FieldReview | undefined {
  if (isUnionType(type)) return undefined;
  const members = isInterfaceType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
  let worst: FieldReview | undefined;
  for (const member of members) {
    const interfaces = member.getInterfaces().map(({ name }) => name);
    const names = { type: member.name, interfaces, field, overrides };
    const review = overrideField(own(own(catalog.fields, member.name) ?? {}, field), names);
    if (!review) return undefined;
    worst = worst ? worse(worst, review) : review;
  }
  return worst;
}

function worse(a: FieldReview, b: FieldReview): FieldReview {
  const raises: readonly Raise[] = [...(a.raises ?? []), ...(b.raises ?? [])];
  const effect = worstEffect([a.effect, b.effect]);
  // Where members lead to different places, only "anywhere" is true of all.
  if (a.step !== b.step || !sameId(a, b)) return { ...(b.admitted && { admitted: true }), effect, step: 'out', raises };
  return { ...a, effect, raises };
}

function sameId(a: FieldReview, b: FieldReview): boolean {
  return a.by_id?.kind === b.by_id?.kind && a.by_id?.path === b.by_id?.path && a.by_id?.of === b.by_id?.of;
}
