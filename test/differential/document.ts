/** Generates GraphQL requests: aliases, fragments, directives, variables, defaults, several operations. */
import type { JsonValue } from '@writ/core';
import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import { schema } from './schema.ts';

/** A request as a client sends it. */
export interface GeneratedRequest {
  readonly query: string;
  readonly variables: Record<string, JsonValue>;
  readonly operationName?: string;
}

type Gen = fc.GeneratorValue;

interface DocumentDraft {
  readonly gen: Gen;
  readonly variables: Record<string, JsonValue>;
  readonly declared: string[];
  readonly fragments: { readonly name: string; readonly type: string; text: string }[];
  count: number;
}

const NAMES = ['a', 'b', 'thing', 'id'];

/** Writes one request with the choices `gen` makes. */
export function writeRequest(gen: Gen): GeneratedRequest {
  const writing: DocumentDraft = { gen, variables: {}, declared: [], fragments: [], count: 0 };
  const root = chance(writing, 2) ? schema.getQueryType() : schema.getMutationType();
  if (!root) throw new TypeError('the schema has no such root');
  const selections = writeSelections(writing, root, 0);
  const declared = writing.declared.length > 0 ? `(${writing.declared.join(', ')})` : '';
  const others = chance(writing, 3)
    ? ['query Other { any { __typename } }', 'mutation Another { wipe(id: "never") { id } }']
    : [];
  const named = others.length > 0 || chance(writing, 2);
  const chosen = `${root.name.toLowerCase()} ${named ? 'Chosen' : ''}${declared} ${selections}`;
  const fragments = writing.fragments.map(({ name, type, text }) => `fragment ${name} on ${type} ${text}`);
  const query = gen(fc.shuffledSubarray, [chosen, ...fragments, ...others], {
    minLength: 1 + fragments.length + others.length,
  });
  const operationName = others.length > 0 || (named && chance(writing, 2)) ? { operationName: 'Chosen' } : {};
  return { query: query.join('\n'), variables: writing.variables, ...operationName };
}

/** True once in `n`. */
function chance({ gen }: DocumentDraft, n: number): boolean {
  return gen(fc.nat, n - 1) === 0;
}

function pick<T>({ gen }: DocumentDraft, from: readonly T[]): T {
  const one = from[gen(fc.nat, from.length - 1)];
  if (one === undefined) throw new TypeError('nothing to pick from');
  return one;
}

function writeSelections(writing: DocumentDraft, type: GraphQLCompositeType, depth: number): string {
  const count = 1 + writing.gen(fc.nat, 2);
  const selections = Array.from({ length: count }, () => writeSelection(writing, type, depth));
  return `{ ${selections.join(' ')} }`;
}

function writeSelection(writing: DocumentDraft, type: GraphQLCompositeType, depth: number): string {
  const directive = writeDirective(writing);
  if (depth < 4 && chance(writing, 5)) {
    const narrowed = chance(writing, 3) ? type : narrow(writing, type);
    const condition = narrowed === type && chance(writing, 2) ? '' : `on ${narrowed.name}`;
    return `... ${condition} ${directive} ${writeSelections(writing, narrowed, depth + 1)}`;
  }
  if (depth < 4 && chance(writing, 5)) return `...${writeFragment(writing, type, depth)} ${directive}`;
  if (isUnionType(type) || chance(writing, 12)) return `__typename ${directive}`;
  return writeField(writing, type, { depth, directive });
}

function narrow(writing: DocumentDraft, type: GraphQLCompositeType): GraphQLCompositeType {
  if (type === schema.getQueryType() || type === schema.getMutationType()) return type;
  const overlapping = ['Thing', 'Box', 'Leaf', 'Node', 'Named', 'Any'].map((name) => schema.getType(name));
  const composite = overlapping.filter(isCompositeType);
  return pick(writing, composite);
}

function writeFragment(writing: DocumentDraft, type: GraphQLCompositeType, depth: number): string {
  const known = writing.fragments.filter((fragment) => fragment.type === type.name && fragment.text !== '');
  if (known.length > 0 && chance(writing, 2)) return pick(writing, known).name;
  const fragment = { name: `F${writing.fragments.length}`, type: type.name, text: '' };
  writing.fragments.push(fragment);
  fragment.text = writeSelections(writing, type, depth + 1);
  return fragment.name;
}

function writeDirective(writing: DocumentDraft): string {
  if (!chance(writing, 4)) return '';
  const name = chance(writing, 2) ? 'skip' : 'include';
  const value = writing.gen(fc.boolean);
  if (chance(writing, 2)) return `@${name}(if: ${value})`;
  const variable = nextVariable(writing);
  writing.declared.push(`$${variable}: Boolean!`);
  writing.variables[variable] = value;
  return `@${name}(if: $${variable})`;
}

function writeField(
  writing: DocumentDraft,
  type: GraphQLObjectType | GraphQLInterfaceType,
  { depth, directive }: { depth: number; directive: string },
): string {
  const all = Object.values(type.getFields());
  const leaves = all.filter((field) => !isCompositeType(getNamedType(field.type)));
  const field = pick(writing, depth >= 4 && leaves.length > 0 ? leaves : all);
  const named = getNamedType(field.type);
  const alias = writeAlias(writing, field.args.length > 0);
  const inner = !isCompositeType(named)
    ? ''
    : depth >= 4
      ? '{ __typename }'
      : writeSelections(writing, named, depth + 1);
  return `${alias}${field.name}${writeArguments(writing, field.args)} ${directive} ${inner}`;
}

function writeAlias(writing: DocumentDraft, hasArguments: boolean): string {
  // Mostly a name of its own where there are arguments: else most documents would clash with themselves.
  if (hasArguments && !chance(writing, 10)) return `u${++writing.count}: `;
  return chance(writing, 4) ? `${pick(writing, NAMES)}: ` : '';
}

function writeArguments(writing: DocumentDraft, args: readonly GraphQLArgument[]): string {
  const written = args.flatMap((argument) => {
    const required = isNonNullType(argument.type) && argument.defaultValue === undefined;
    if (!required && chance(writing, 3)) return [];
    return [`${argument.name}: ${writeArgument(writing, argument)}`];
  });
  return written.length > 0 ? `(${written.join(', ')})` : '';
}

function writeArgument(writing: DocumentDraft, { type }: GraphQLArgument): string {
  if (chance(writing, 2)) return literal(type, value(writing, type, 0));
  const variable = nextVariable(writing);
  const given = value(writing, type, 0);
  if (chance(writing, 3)) {
    // A variable that may be left out, with a default that also makes it fit where null must not be.
    writing.declared.push(
      `$${variable}: ${getNullableType(type)} = ${literal(getNullableType(type), given ?? 'RED')}`.replace(
        '= null',
        '',
      ),
    );
    if (chance(writing, 2) && given !== null)
      writing.variables[variable] = value(writing, isNonNullType(type) ? type : getNullableType(type), 0);
  } else {
    writing.declared.push(`$${variable}: ${type}`);
    if (isNonNullType(type) || !chance(writing, 4)) writing.variables[variable] = given;
  }
  return `$${variable}`;
}

function nextVariable(writing: DocumentDraft): string {
  return `v${writing.declared.length}`;
}

/** A value of a type, as JSON. */
function value(writing: DocumentDraft, type: GraphQLInputType, depth: number): JsonValue {
  if (isNonNullType(type)) return present(writing, type.ofType, depth);
  return chance(writing, 6) ? null : present(writing, type, depth);
}

function present(writing: DocumentDraft, type: GraphQLInputType, depth: number): JsonValue {
  if (isListType(type)) {
    // One value stands for a list of one (GraphQL specification, 3.11).
    if (chance(writing, 4)) return present(writing, getNullableType(type.ofType), depth + 1);
    return Array.from({ length: writing.gen(fc.nat, 2) }, () => value(writing, type.ofType, depth + 1));
  }
  if (isEnumType(type)) return pick(writing, type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => {
      const required = isNonNullType(field.type) && field.defaultValue === undefined;
      return required || (depth < 3 && !chance(writing, 2));
    });
    return Object.fromEntries(fields.map((field) => [field.name, value(writing, field.type, depth + 1)]));
  }
  return scalar(writing, String(type));
}

function scalar(writing: DocumentDraft, type: string): JsonValue {
  const { gen } = writing;
  if (type === 'Int') return gen(fc.integer, { min: -1000, max: 1000 });
  if (type === 'Float') return gen(fc.constantFrom, 0, 1, -2.5, 1e21, 3e-7);
  if (type === 'Boolean') return gen(fc.boolean);
  if (type === 'ID') return pick(writing, ['a', 'é"\\\n', 7]);
  if (type === 'String') return pick(writing, ['', 'x', '"""', '\u2028 "q" \\u0041']);
  return pick<JsonValue>(writing, [1, 'x', true, [], [1, [null]], {}, { a: { b: [1.5, 'RED'] } }]);
}

/** The same value as a GraphQL literal. */
function literal(type: GraphQLInputType, json: JsonValue): string {
  const inner = getNullableType(type);
  if (json === null) return 'null';
  if (isListType(inner)) {
    return Array.isArray(json)
      ? `[${json.map((item) => literal(inner.ofType, item)).join(', ')}]`
      : literal(inner.ofType, json);
  }
  if (isEnumType(inner)) return String(json);
  if (isInputObjectType(inner) && typeof json === 'object' && !Array.isArray(json)) {
    const fields = inner.getFields();
    const members = Object.entries(json).map(
      ([name, member]) => `${name}: ${literal(fields[name]?.type ?? inner, member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return untyped(json);
}

function untyped(json: JsonValue): string {
  if (Array.isArray(json)) return `[${json.map(untyped).join(', ')}]`;
  if (typeof json === 'object' && json !== null) {
    return `{${Object.entries(json)
      .map(([name, member]) => `${name}: ${untyped(member)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(json);
}
