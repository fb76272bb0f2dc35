import {
  buildASTSchema,
  type GraphQLSchema,
  isInterfaceType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  parse,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import type { SchemaFacts, TypeFacts } from './catalog.ts';

/** Builds the schema by which documents are validated and arguments coerced, from the facts of a catalog. */
export function buildSchema(facts: SchemaFacts): GraphQLSchema {
  const schema = buildASTSchema(parse(writeSdl(facts), { noLocation: true }), {
    assumeValidSDL: true,
    assumeValid: true,
  });
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type) && !isSpecifiedScalarType(type)) {
      type.parseValue = (value) => value;
      type.parseLiteral = readOpaqueLiteral;
    }
  }
  refuseHiddenDefaults(schema);
  return schema;
}

/**
 * Checks the types that implement an interface. Where only the interface is known, arguments are coerced by what it declares. Throws a
 * `TypeError` if an implementing type would add to that or fill in something else: such a schema would need its types judged one by one.
 */
function refuseHiddenDefaults(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isInterfaceType)) {
    for (const member of schema.getPossibleTypes(type)) {
      for (const [name, declared] of Object.entries(type.getFields())) {
        for (const argument of member.getFields()[name]?.args ?? []) {
          const known = declared.args.find((other) => other.name === argument.name);
          if (JSON.stringify(known?.defaultValue) !== JSON.stringify(argument.defaultValue)) {
            throw new TypeError(
              `${member.name}.${name}(${argument.name}:) has another default than ${type.name}.${name}`,
            );
          }
        }
      }
    }
  }
}

/**
 * Reads a literal of a scalar whose grammar only the provider knows, as the JSON it looks like. Throws for a variable without a value
 * inside it, which servers treat differently.
 */
function readOpaqueLiteral(node: ValueNode, variables?: Record<string, unknown> | null): unknown {
  if (variables) refuseMissingVariables(node, variables);
  return valueFromASTUntyped(node, variables);
}

function refuseMissingVariables(node: ValueNode, variables: Record<string, unknown>): void {
  if (node.kind === Kind.VARIABLE && !Object.hasOwn(variables, node.name.value)) {
    throw new TypeError(`variable $${node.name.value} inside an opaque value has no value`);
  }
  if (node.kind === Kind.LIST) for (const value of node.values) refuseMissingVariables(value, variables);
  if (node.kind === Kind.OBJECT) for (const field of node.fields) refuseMissingVariables(field.value, variables);
}

const BUILT_IN_SCALARS = new Set(['Boolean', 'Float', 'ID', 'Int', 'String']);

function writeSdl(facts: SchemaFacts): string {
  const roots = Object.hasOwn(facts.objects, 'Mutation') ? 'query: Query mutation: Mutation' : 'query: Query';
  return [
    `schema { ${roots} }`,
    ...facts.scalars.filter((name) => !BUILT_IN_SCALARS.has(name)).map((name) => `scalar ${name}`),
    ...Object.entries(facts.enums).map(([name, values]) => `enum ${name} { ${values.join(' ')} }`),
    ...Object.entries(facts.unions).map(([name, members]) => `union ${name} = ${members.join(' | ')}`),
    ...Object.entries(facts.interfaces).map(([name, type]) => `interface ${name}${writeType(type)}`),
    ...Object.entries(facts.objects).map(([name, type]) => `type ${name}${writeType(type)}`),
    ...Object.entries(facts.inputs).map(([name, fields]) => `input ${name} { ${writeInputs(fields)} }`),
  ].join('\n');
}

function writeType(type: TypeFacts): string {
  const parents = type.implements?.length ? ` implements ${type.implements.join(' & ')}` : '';
  const fields = Object.entries(type.fields).map(
    ([name, field]) => `${name}${field.args ? `(${writeInputs(field.args)})` : ''}: ${field.type}`,
  );
  return fields.length === 0 ? parents : `${parents} { ${fields.join(' ')} }`;
}

function writeInputs(inputs: Readonly<Record<string, string>>): string {
  return Object.entries(inputs)
    .map(([name, type]) => `${name}: ${type}`)
    .join(' ');
}
