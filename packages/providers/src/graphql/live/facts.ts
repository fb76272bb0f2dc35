/**
 * Derives from a schema the facts that the classifier needs: what is reachable from the two roots, without descriptions, in a fixed
 * order.
 */
import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
  print,
} from 'graphql';
import type { SchemaFacts, TypeFacts } from '../catalog.ts';

/** Derives the facts of a schema. */
export function factsOf(schema: GraphQLSchema): Omit<SchemaFacts, 'source_sha256'> {
  const types = [...reachable(schema)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    scalars: types.filter(isScalarType).map(({ name }) => name),
    enums: byName(types.filter(isEnumType), (type) => sorted(type.getValues().map(({ name }) => name))),
    unions: byName(types.filter(isUnionType), (type) => sorted(type.getTypes().map(({ name }) => name))),
    interfaces: byName(types.filter(isInterfaceType), typeFacts),
    objects: byName(types.filter(isObjectType), typeFacts),
    inputs: byName(types.filter(isInputObjectType), (type) => byName(Object.values(type.getFields()), inputType)),
  };
}

/** Every type that a query or mutation can name. Types that only an interface's list of members leads to cannot be named. */
function reachable(schema: GraphQLSchema): Set<GraphQLNamedType> {
  const found = new Set<GraphQLNamedType>();
  const open: GraphQLNamedType[] = [schema.getQueryType(), schema.getMutationType()].filter((type) => type != null);
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (found.has(type)) continue;
    found.add(type);
    open.push(...leadsTo(type));
    for (const field of fieldsOf(type)) if (isAbstractType(field)) open.push(...schema.getPossibleTypes(field));
  }
  return found;
}

function leadsTo(type: GraphQLNamedType): GraphQLNamedType[] {
  if (isUnionType(type)) return [...type.getTypes()];
  if (isObjectType(type) || isInterfaceType(type)) return [...fieldsOf(type), ...type.getInterfaces()];
  return fieldsOf(type);
}

function fieldsOf(type: GraphQLNamedType): GraphQLNamedType[] {
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => getNamedType(field.type));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = Object.values(type.getFields());
  return fields.flatMap((field) =>
    [field.type, ...field.args.map((arg) => arg.type)].map((each) => getNamedType(each)),
  );
}

function typeFacts(type: GraphQLObjectType | GraphQLInterfaceType): TypeFacts {
  const fields = byName(Object.values(type.getFields()), (field) => {
    const args = byName([...field.args], inputType);
    return field.args.length === 0 ? { type: String(field.type) } : { type: String(field.type), args };
  });
  const implemented = type.getInterfaces().map(({ name }) => name);
  return implemented.length === 0 ? { fields } : { implements: sorted(implemented), fields };
}

function inputType(field: GraphQLArgument | GraphQLInputField): string {
  const literal = field.defaultValue === undefined ? undefined : astFromValue(field.defaultValue, field.type);
  return literal ? `${field.type} = ${print(literal)}` : String(field.type);
}

function byName<Item extends { readonly name: string }, Value>(items: readonly Item[], value: (item: Item) => Value) {
  const entries = items.map((item): [string, Value] => [item.name, value(item)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort();
}
