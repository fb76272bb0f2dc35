import { type PathStep, pathSteps } from '@writ/core';
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNullableType,
  isInputObjectType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';

type NamedInput = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>;

/** Lists the dotted paths of all values that a condition can test, `[]` after lists. Input types that hold themselves are not followed. */
export function argumentPaths(args: readonly NamedInput[]): readonly string[] {
  return args.flatMap((argument) => pathsBelow(argument.name, argument.type, new Set()));
}

function pathsBelow(path: string, type: GraphQLInputType, within: ReadonlySet<string>): readonly string[] {
  const inner = getNullableType(type);
  if (isListType(inner)) return pathsBelow(`${path}[]`, inner.ofType, within);
  if (!isInputObjectType(inner)) return [path];
  if (within.has(inner.name)) return [];
  const deeper = new Set([...within, inner.name]);
  return Object.values(inner.getFields()).flatMap((field) => pathsBelow(`${path}.${field.name}`, field.type, deeper));
}

/** Tells whether a dotted path leads to a value that a condition can test: a scalar, or anything inside one of opaque type. */
export function leadsToLeaf(args: readonly NamedInput[], path: string): boolean {
  const steps = pathSteps(path);
  return steps.every(({ name }) => /^[^[\]]+$/.test(name)) && isLeafBelow(args, steps);
}

function isLeafBelow(args: readonly NamedInput[], [first, ...rest]: readonly PathStep[]): boolean {
  const argument = args.find(({ name }) => name === first?.name);
  const type = argument && enterLists(argument.type, first?.lists ?? 0);
  if (!type) return false;
  if (isInputObjectType(type)) return rest.length > 0 && isLeafBelow(Object.values(type.getFields()), rest);
  return isOpaque(type) || (rest.length === 0 && !isListType(type));
}

/** The type inside `depth` lists; `undefined` where it is in fewer, or in more. */
function enterLists(type: GraphQLInputType, depth: number): GraphQLInputType | undefined {
  const inner = getNullableType(type);
  if (isListType(inner)) return depth > 0 ? enterLists(inner.ofType, depth - 1) : undefined;
  return depth === 0 || isOpaque(inner) ? inner : undefined;
}

function isOpaque(type: GraphQLInputType): boolean {
  return isScalarType(type) && !isSpecifiedScalarType(type);
}
