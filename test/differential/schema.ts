/** The schema of the differential test: graphql-js builds its own from the text, the classifier gets it as catalog facts. */

import {
  buildSchema,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { FieldReview, GraphqlCatalog } from '../../packages/providers/src/graphql/catalog.ts';
import { factsOf } from '../../packages/providers/src/graphql/live/facts.ts';
import type { OperationReview } from '../../packages/providers/src/review/review.ts';

/** What graphql-js validates and executes by. Types an object may turn out to be always stand in lists, so that all of them run. */
export const schema = buildSchema(`
  scalar JSON
  enum Color { RED GREEN BLUE }
  input Inner { label: String = "inner", color: Color, deep: [Inner!] }
  input Filter { ids: [ID!], inner: Inner = {color: RED}, size: Int! = 3, ratio: Float, raw: JSON }
  interface Node { id: ID! peer(color: Color = GREEN, at: Int): [Node!]! }
  interface Named { name(upper: Boolean = false): String! thing: Thing! }
  union Any = Thing | Box
  type Thing implements Node & Named {
    id: ID! name(upper: Boolean = false): String! thing: Thing! peer(color: Color = GREEN, at: Int): [Node!]!
    box(filter: Filter, list: [[Int]]): Box any: [Any!]! named: [Named!]!
  }
  type Box implements Node & Named {
    id: ID! name(upper: Boolean = false): String! thing: Thing! peer(color: Color = GREEN, at: Int): [Node!]!
    raw(json: JSON, more: [JSON!]): JSON nodes(filter: Filter!): [Node!]!
  }
  type Leaf implements Node { id: ID! peer(color: Color = GREEN, at: Int): [Node!]! count(of: Float = 1.5): Int }
  type Query { thing(id: ID!): Thing box(filter: Filter = {size: 9}): Box nodes(ids: [ID!]! = ["a"]): [Node!]! any: [Any!]! both(n: Int): Int }
  type Mutation { wipe(id: ID!, force: Boolean = true): Thing set(input: Filter!, colors: [Color]): Box both(n: Int): Int }
`);

const ROOT: OperationReview = { effect: 'write', reach: { in: 'shared' }, why: 'for the test' };
/** Worse than a read, so that every field becomes an operation and shows its arguments. */
const FIELD: FieldReview = { effect: 'reveal', step: 'same' };

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** The same schema as a catalog in which every field is an operation of its own. */
export const catalog: GraphqlCatalog = {
  version: 'differential',
  schema: { source_sha256: '0'.repeat(64), ...factsOf(schema) },
  queries: reviews('Query', ROOT),
  mutations: reviews('Mutation', ROOT),
  fields: Object.fromEntries(types.filter(isComposed).map(({ name }) => [name, reviews(name, FIELD)])),
};

function isComposed(type: GraphQLNamedType | undefined): type is GraphQLObjectType | GraphQLInterfaceType {
  return isObjectType(type) || isInterfaceType(type);
}

function reviews<Review>(name: string, review: Review): Record<string, Review> {
  const type = schema.getType(name);
  const names = isComposed(type) ? Object.keys(type.getFields()) : [];
  return Object.fromEntries(names.map((field) => [field, review]));
}
