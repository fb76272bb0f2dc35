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
import { frozen } from './freeze.ts';
import { coerceInput } from './input.ts';
import { notUnderstood } from './refuse.ts';

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

/** Reads the variables an operation declares: once a document, since types and defaults do not change. */
export function declaredVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
): readonly DeclaredVariable[] {
  return (operation.variableDefinitions ?? []).map((node) => {
    const name = node.variable.name.value;
    const type = typeFromAST(schema, node.type);
    if (!isInputType(type)) throw notUnderstood(`The variable $${name} has a type that is unknown or not for input.`);
    const value = node.defaultValue && valueFromAST(node.defaultValue, type);
    if (node.defaultValue && value === undefined) throw misfit(name, String(type));
    return { name, type, written: String(type), ...(node.defaultValue ? { default: { value: frozen(value) } } : {}) };
  });
}

/**
 * Coerces the variables of one call exactly as graphql-js does (`getVariableValues`), and refuses those that the operation
 * does not declare. Does not call it, because its messages repeat the values, which may be secret.
 */
export function coerceVariables(declared: readonly DeclaredVariable[], given: JsonObject): CoercedVariables {
  const coerced: CoercedVariables = {};
  let used = 0;
  for (const variable of declared) {
    if (Object.hasOwn(given, variable.name)) {
      used += 1;
      coerced[variable.name] = coerce(variable, given[variable.name]);
    } else if (variable.default) {
      coerced[variable.name] = variable.default.value;
    } else if (isNonNullType(variable.type)) {
      throw notUnderstood(`The variable $${variable.name} of type ${variable.written} was not given.`);
    }
  }
  if (used !== Object.keys(given).length) refuseUndeclared(declared, given);
  return coerced;
}

function coerce({ name, type, written }: DeclaredVariable, value: unknown): unknown {
  return coerceInput(value, type, (path) => {
    throw misfit([name, ...path].join('.'), written);
  });
}

function misfit(path: string, type: string): Error {
  return notUnderstood(`The variable $${path} does not fit its type (declared as ${type}).`);
}

function refuseUndeclared(declared: readonly DeclaredVariable[], given: JsonObject): void {
  const names = new Set(declared.map(({ name }) => name));
  const undeclared = Object.keys(given).find((name) => !names.has(name));
  throw notUnderstood(`The operation declares no variable $${undeclared ?? ''}.`);
}
