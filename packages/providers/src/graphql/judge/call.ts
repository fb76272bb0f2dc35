import type { JsonObject } from '@writ/core';
import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getArgumentValues,
  isNonNullType,
  Kind,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import { frozen } from './deep-frozen.ts';
import type { CoercedVariables } from './variables.ts';

/** Gives the arguments of one field for the variables of one call. Throws a `GraphQLError` where they do not fit. */
export type Arguments = (variables: CoercedVariables) => JsonObject;

/** Adds one argument to those of a call; says so where the case is not an ordinary one. */
type Fill = (values: Record<string, unknown>, variables: CoercedVariables) => boolean;

/**
 * Prepares a field's arguments so that they come out exactly as graphql-js's `getArgumentValues` hands them to a resolver: defaults
 * filled in, what is omitted left out, `null` kept. What no variable changes is read once; unusual cases are left to graphql-js.
 */
export function prepareArguments(definition: GraphQLField<unknown, unknown>, field: FieldNode): Arguments {
  // The selection is left out: the arguments are kept, and would hold on to the whole document.
  const node: FieldNode = { kind: Kind.FIELD, name: field.name, arguments: field.arguments ?? [] };
  const fills = definition.args.map((argument) => fillFor(argument, node.arguments ?? []));
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const fill of fills) {
      // Coerced values are JSON: the scalars of the schema make nothing else.
      if (!fill(values, variables)) return getArgumentValues(definition, node, variables) as JsonObject;
    }
    return values as JsonObject;
  };
}

function fillFor(argument: GraphQLArgument, nodes: readonly ArgumentNode[]): Fill {
  const value = nodes.find(({ name }) => name.value === argument.name)?.value;
  if (!value) return fillDefault(argument);
  if (value.kind === Kind.VARIABLE) return fillVariable(argument, value.name.value);
  if (holdsVariable(value)) return () => false;
  const constant = frozen(valueFromAST(value, argument.type));
  return (values) => {
    if (constant === undefined) return false;
    values[argument.name] = constant;
    return true;
  };
}

function fillDefault({ name, type, defaultValue }: GraphQLArgument): Fill {
  if (defaultValue === undefined) return () => !isNonNullType(type);
  const shared = frozen(defaultValue);
  return (values) => {
    values[name] = shared;
    return true;
  };
}

function fillVariable(argument: GraphQLArgument, variable: string): Fill {
  const whenOmitted = fillDefault(argument);
  return (values, variables) => {
    if (!Object.hasOwn(variables, variable)) return whenOmitted(values, variables);
    const value = variables[variable];
    if (value === null && isNonNullType(argument.type)) return false;
    values[argument.name] = value;
    return true;
  };
}

function holdsVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(holdsVariable);
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => holdsVariable(field.value));
  return value.kind === Kind.VARIABLE;
}
