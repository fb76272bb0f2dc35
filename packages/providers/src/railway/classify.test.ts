/** The classifier on Railway's whole catalog. */
import { isWorse, type JsonValue, WritError } from '@writ/core';
import {
  type GraphQLField,
  type GraphQLInputType,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { makeGraphqlEngine } from '../graphql/classify.ts';
import { buildSchema } from '../graphql/schema.ts';
import { railwayCatalog } from './catalog/index.ts';

const engine = makeGraphqlEngine(railwayCatalog, { paths: ['/graphql/v2'] });
const schema = buildSchema(railwayCatalog.schema);
const listed = new Set(engine.operations.map(({ name }) => name));

function judge(query: string, variables: Record<string, JsonValue> = {}) {
  const body = Buffer.from(JSON.stringify({ query, variables }));
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/graphql/v2', query: '', headers, body };
  return engine.classify({ request }, new Map()).operations;
}

/** The least value a server takes for a type. */
function least(type: GraphQLInputType): JsonValue {
  const inner = getNullableType(type);
  if (isListType(inner)) return [least(inner.ofType)];
  if (isEnumType(inner)) return inner.getValues()[0]?.name ?? '';
  if (isInputObjectType(inner)) {
    const required = Object.values(inner.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map((field) => [field.name, least(field.type)]));
  }
  return { Int: 1, Float: 1, Boolean: true }[inner.name] ?? 'x';
}

/** The shortest request for a root operation. */
function shortest(root: 'query' | 'mutation', field: GraphQLField<unknown, unknown>) {
  const required = field.args.filter(isRequiredArgument);
  const declared = required.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = required.map(({ name }) => `${name}: $${name}`).join(', ');
  const inner = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '';
  const query =
    required.length > 0
      ? `${root} (${declared}) { ${field.name}(${given}) ${inner} }`
      : `${root} { ${field.name} ${inner} }`;
  return { query, variables: Object.fromEntries(required.map(({ name, type }) => [name, least(type)])) };
}

describe.each([
  ['query', schema.getQueryType(), railwayCatalog.queries],
  ['mutation', schema.getMutationType(), railwayCatalog.mutations],
] as const)('every %s of Railway', (root, type, reviews) => {
  const fields = Object.values(type?.getFields() ?? {});

  test('is judged by its review, or is unknown', () => {
    expect(fields.length).toBeGreaterThan(100);
    for (const field of fields) {
      const { query, variables } = shortest(root, field);
      const review = Object.hasOwn(reviews, field.name) ? reviews[field.name] : undefined;
      if (!review) {
        expect(() => judge(query, variables), field.name).toThrow(WritError);
        continue;
      }
      const [operation] = judge(query, variables);
      expect(operation?.name, query).toMatch(new RegExp(`^(?:${root}\\.)?${field.name}$`));
      expect(operation?.base_effect).toBe(review.effect);
      expect(isWorse(review.effect, operation?.effect ?? 'read')).toBe(false);
      expect(listed.has(operation?.name ?? '')).toBe(true);
    }
  });
});

test('what a code generator asks of a schema is a read', () => {
  expect(judge(getIntrospectionQuery()).map(({ name, effect }) => [name, effect])).toEqual([['__schema', 'read']]);
});

test('the ways of the incident are seen for what they are', () => {
  const effects = (query: string, variables?: Record<string, JsonValue>) =>
    judge(query, variables).map(({ name, effect }) => `${name}:${effect}`);
  expect(effects('mutation { volumeDelete(volumeId: "v") }')).toEqual(['volumeDelete:destroy']);
  const update = 'mutation ($i: VolumeInstanceUpdateInput!) { volumeInstanceUpdate(volumeId: "v", input: $i) }';
  expect(effects(update, { i: { state: 'DELETED' } })).toEqual(['volumeInstanceUpdate:destroy']);
  expect(effects('{ environment(id: "staging") { sourceEnvironment { config(decryptVariables: true) } } }')).toEqual([
    'environment:read',
    'Environment.sourceEnvironment:read',
    'Environment.config:reveal',
  ]);
});
