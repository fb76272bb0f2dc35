import type { JsonObject } from '@writ/core';
import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import { notUnderstood } from '../refuse.ts';
import { frozen } from './deep-frozen.ts';
import { coerceInput } from './input.ts';

/** Variables as graphql-js hands them to execution: coerced, defaults filled in, what is omitted left out. */
export type CoercedVariables = { [name: string]: unknown };

/** A variable an operation declares. */
export interface DeclaredVariable {
  readonly name: string;
  readonly type: GraphQLInputType;
  /** As written, for the caller. */
  readonly written: string;
  readonly default?: { readonly value: unknown };
}

/** The variables an operation declares, by name. */
export type DeclaredVariables = ReadonlyMap<string, DeclaredVariable>;

/** Reads the variables of a valid operation: once a document, since types and defaults do not change. */
export function declaredVariables(schema: GraphQLSchema, operation: OperationDefinitionNode): DeclaredVariables {
  const declared = (operation.variableDefinitions ?? []).map((node): [string, DeclaredVariable] => {
    const name = node.variable.name.value;
    const type = typeFromAST(schema, node.type);
    if (!isInputType(type)) throw notUnderstood(`The variable $${name} has a type that is unknown or not for input.`);
    const value = node.defaultValue && valueFromAST(node.defaultValue, type);
    if (node.defaultValue && value === undefined) throw misfit(name, String(type));
    const byDefault = node.defaultValue ? { default: { value: frozen(value) } } : {};
    return [name, { name, type, written: String(type), ...byDefault }];
  });
  return new Map(declared);
}

/** The given variables that the operation declares. No server looks at others, so they are not forwarded. */
export function givenVariables(declared: DeclaredVariables, given: JsonObject): JsonObject {
  if (Object.keys(given).every((name) => declared.has(name))) return given;
  return Object.fromEntries(Object.entries(given).filter(([name]) => declared.has(name)));
}

/**
 * Coerces the variables of one call exactly as graphql-js does (`getVariableValues`). Does not call it, because its messages
 * repeat the values, which may be secret.
 */
export function coerceVariables(declared: DeclaredVariables, given: JsonObject): CoercedVariables {
  // It has no prototype, since the names are the client's: a name that is not in it was not given.
  const coerced: CoercedVariables = Object.create(null);
  for (const variable of declared.values()) {
    if (Object.hasOwn(given, variable.name)) {
      coerced[variable.name] = coerce(variable, given[variable.name]);
    } else if (variable.default) {
      coerced[variable.name] = variable.default.value;
    } else if (isNonNullType(variable.type)) {
      throw notUnderstood(`The variable $${variable.name} of type ${variable.written} was not given.`);
    }
  }
  return coerced;
}

function coerce({ name, type, written }: DeclaredVariable, value: unknown): unknown {
  return coerceInput(value, type, (path, _, error) => {
    throw unknownField([name, ...path].join('.'), error) ?? misfit([name, ...path].join('.'), written);
  });
}

/** The refusal of a field that the catalog lacks, by its name, so that an owner can review it. The name of a field is no value. */
function unknownField(path: string, { message }: { readonly message: string }): Error | undefined {
  const [, field, type] = /^Field "([_A-Za-z]\w{0,99})" is not defined by type "(\w+)"/.exec(message) ?? [];
  if (field === undefined || type === undefined) return undefined;
  return notUnderstood(`The variable $${path} has the field ${field}, which ${type} does not have in the catalog.`);
}

function misfit(path: string, type: string): Error {
  return notUnderstood(`The variable $${path} does not fit its type (declared as ${type}).`);
}
