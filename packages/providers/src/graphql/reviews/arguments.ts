import { type PathStep, pathSteps } from '@writ/core';
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import type { OperationInput } from '../../operation.ts';
import type { ArgumentPath } from '../../review/review.ts';

type NamedInput = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type' | 'defaultValue'>;

/** What is known of the arguments besides their types. */
export interface InputFacts {
  /** Scalars, besides GraphQL's own, whose values are one plain value each. */
  readonly plain?: readonly string[] | undefined;
  readonly secret?: readonly ArgumentPath[] | undefined;
}

/** Lists all values that a condition can test, `[]` after lists. Input types that hold themselves are not followed. */
export function argumentInputs(args: readonly NamedInput[], facts: InputFacts = {}): readonly OperationInput[] {
  const within = new Set<string>();
  return args.flatMap((arg) => inputsBelow(arg.type, { facts, path: arg.name, required: isRequired(arg), within }));
}

interface Below {
  readonly facts: InputFacts;
  readonly path: string;
  /** True where everything above it comes with every call, and so does this. */
  readonly required: boolean;
  readonly within: ReadonlySet<string>;
}

function inputsBelow(type: GraphQLInputType, below: Below): readonly OperationInput[] {
  const { path, within, facts } = below;
  const inner = getNullableType(type);
  if (isListType(inner)) return inputsBelow(inner.ofType, { ...below, path: `${path}[]` });
  if (!isInputObjectType(inner)) {
    const secret = (facts.secret ?? []).some((other) => isRelated(other, path));
    return [{ path, ...typeOf(inner, facts), list: path.includes('[]'), secret, required: below.required }];
  }
  if (within.has(inner.name)) return [];
  const deeper = { ...below, within: new Set([...within, inner.name]) };
  return Object.values(inner.getFields()).flatMap((field) =>
    inputsBelow(field.type, {
      ...deeper,
      path: `${path}.${field.name}`,
      required: below.required && isRequired(field),
    }),
  );
}

function isRequired({ type, defaultValue }: NamedInput): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** GraphQL's own scalars; what is named otherwise and plain is written as text. */
const TYPES: Readonly<Record<string, OperationInput['type']>> = {
  ...{ String: 'text', ID: 'text', Int: 'number', Float: 'number', Boolean: 'boolean' },
};

function typeOf(type: GraphQLInputType, { plain = [] }: InputFacts): Pick<OperationInput, 'type' | 'values'> {
  if (isEnumType(type)) return { type: 'enum', values: type.getValues().map(({ name }) => name) };
  if (!isScalarType(type)) return { type: 'opaque' };
  return { type: TYPES[type.name] ?? (plain.includes(type.name) ? 'text' : 'opaque') };
}

/** True where one path is, or lies in, the other. */
function isRelated(one: ArgumentPath, other: ArgumentPath): boolean {
  const [a, b] = [one, other].map((path) => path.replaceAll('[]', '').split('.')) as [string[], string[]];
  return a.slice(0, b.length).every((name, at) => name === b[at] || name === '*');
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
