import {
  doTypesOverlap,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { MAX_DEPTH, MAX_EXPANSION_STEPS, MAX_FIELDS } from '../limits.ts';
import { notUnderstood, tooLarge, unknownOperation } from '../refuse.ts';
import type { ChosenDocument } from './document.ts';
import { writeValue } from './write-document.ts';

type FieldDefinition = GraphQLField<unknown, unknown>;

/** A field that executing the operation would resolve, with every `@skip` and `@include` ignored. */
export interface ExpandedField {
  /** The object type, or the interface where the object is only known when it runs. */
  readonly type: GraphQLCompositeType;
  readonly definition: FieldDefinition;
  readonly node: FieldNode;
  /** By response name, after the type where a fragment narrowed it: selections that execution would merge are one field. */
  readonly children: ReadonlyMap<string, ExpandedField>;
}

/** The fields of an operation, fragments expanded and equal response names merged as execution does. */
export interface ExpandedOperation {
  readonly rootType: GraphQLObjectType;
  readonly roots: ReadonlyMap<string, ExpandedField>;
  readonly usedFragments: ReadonlySet<string>;
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly rootType: GraphQLObjectType;
  /** Fragments being expanded right now. */
  readonly open: Set<string>;
  readonly used: Set<string>;
  /** Arguments as text, by selection: written once however often a fragment is spread. */
  readonly written: Map<FieldNode, string>;
  steps: number;
  fields: number;
}

interface Scope {
  /** The type by which fields are looked up and judged. */
  readonly type: GraphQLCompositeType;
  /** The type that the nearest fragment, or the field, gives the object: the next fragment must be able to apply to it. */
  readonly written: GraphQLCompositeType;
  /** The type that the field gives which leads here. */
  readonly base: GraphQLCompositeType;
  readonly into: Map<string, OpenField>;
  readonly depth: number;
}

/**
 * Expands the chosen operation into the tree of fields that it would execute. Where a fragment narrows an interface or a union
 * to an object type, its fields are those of that type; elsewhere they are the interface's, and stand for every member.
 */
export function expand(schema: GraphQLSchema, { operation, fragments }: ChosenDocument): ExpandedOperation {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw notUnderstood(`The provider has no ${operation.operation} operations.`);
  const walk: Walk = {
    schema,
    fragments,
    rootType,
    open: new Set(),
    used: new Set(),
    written: new Map(),
    steps: 0,
    fields: 0,
  };
  const roots = new Map<string, OpenField>();
  select(walk, operation.selectionSet, { type: rootType, written: rootType, base: rootType, into: roots, depth: 1 });
  return { rootType, roots, usedFragments: walk.used };
}

function select(walk: Walk, selectionSet: SelectionSetNode, scope: Scope): void {
  if (scope.depth > MAX_DEPTH) throw tooLarge(`The GraphQL request is nested more than ${MAX_DEPTH} deep.`);
  for (const selection of selectionSet.selections) {
    if (++walk.steps > MAX_EXPANSION_STEPS) throw tooLarge('The fragments of the GraphQL request expand to too much.');
    if (selection.kind === Kind.FIELD) {
      selectField(walk, selection, scope);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      select(walk, selection.selectionSet, { ...scope, ...narrow(walk, scope, condition) });
    } else {
      spread(walk, selection.name.value, scope);
    }
  }
}

function spread(walk: Walk, name: string, scope: Scope): void {
  const fragment = walk.fragments.get(name);
  if (!fragment) throw notUnderstood(`The document has no fragment "${name}".`);
  if (walk.open.has(name)) throw notUnderstood(`The fragment "${name}" contains itself.`);
  walk.open.add(name);
  walk.used.add(name);
  select(walk, fragment.selectionSet, { ...scope, ...narrow(walk, scope, fragment.typeCondition.name.value) });
  walk.open.delete(name);
}

/**
 * The type of the object once a type condition holds as well. A condition that an object of known type cannot meet never runs, though an
 * interface around it lets it be written; it is judged all the same, by the type it names.
 */
function narrow(
  { schema }: Walk,
  { type, written }: Scope,
  condition: string | undefined,
): Pick<Scope, 'type' | 'written'> {
  if (condition === undefined) return { type, written };
  const narrowed = schema.getType(condition);
  if (!isCompositeType(narrowed)) throw unknownOperation(`The type ${condition}`);
  if (!doTypesOverlap(schema, written, narrowed)) {
    throw notUnderstood(`An object of type ${written.name} can never be of type ${condition}.`);
  }
  const stays = isObjectType(type) && doTypesOverlap(schema, type, narrowed);
  return { type: stays ? type : narrowed, written: narrowed };
}

function selectField(walk: Walk, node: FieldNode, { type, base, into, depth }: Scope): void {
  const response = (node.alias ?? node.name).value;
  const key = type === base ? response : `${type.name}.${response}`;
  const known = into.get(key);
  if (known && known.node !== node) refuseConflict(walk, known.node, node);
  const field = known ?? addField(walk, node, type);
  if (!known) into.set(key, field);
  if (!node.selectionSet) return;
  const inner = getNamedType(field.definition.type);
  if (!isCompositeType(inner))
    throw notUnderstood(`The field ${type.name}.${node.name.value} has no fields of its own.`);
  select(walk, node.selectionSet, { type: inner, written: inner, base: inner, into: field.children, depth: depth + 1 });
}

/** The children of a field without a selection. Never written to: a second selection of the same name that has children is refused. */
const NONE: Map<string, OpenField> = new Map();

interface OpenField extends ExpandedField {
  readonly children: Map<string, OpenField>;
}

function addField(walk: Walk, node: FieldNode, type: GraphQLCompositeType): OpenField {
  if (++walk.fields > MAX_FIELDS) throw tooLarge(`The GraphQL request selects more than ${MAX_FIELDS} fields.`);
  const definition = findField(walk, type, node.name.value);
  if (!definition) throw unknownOperation(fieldName(walk, type, node.name.value));
  return { type, definition, node, children: node.selectionSet ? new Map() : NONE };
}

function findField(walk: Walk, type: GraphQLCompositeType, name: string): FieldDefinition | undefined {
  if (name.startsWith('__')) return findMetaField(walk, type, name);
  if (isUnionType(type)) return undefined;
  const fields = type.getFields();
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The prefix of introspection's own names (GraphQL specification, 4.1); no schema has a field that begins so. */
function findMetaField({ schema }: Walk, type: GraphQLCompositeType, name: string): FieldDefinition | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type !== schema.getQueryType()) return undefined;
  return [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
}

function fieldName(walk: Walk, type: GraphQLCompositeType, field: string): string {
  return type === walk.rootType ? field : `${type.name}.${field}`;
}

/** Equal response names must mean the same field and arguments (GraphQL specification, 5.3.2): else servers differ in which one runs. */
function refuseConflict(walk: Walk, first: FieldNode, second: FieldNode): void {
  const alike = first.name.value === second.name.value && !first.selectionSet === !second.selectionSet;
  if (alike && writtenArguments(walk, first) === writtenArguments(walk, second)) return;
  throw notUnderstood(
    `Two selections are both called "${(second.alias ?? second.name).value}" but differ; use aliases.`,
  );
}

function writtenArguments({ written }: Walk, node: FieldNode): string {
  const known = written.get(node);
  if (known !== undefined) return known;
  const text = (node.arguments ?? [])
    .map(({ name, value }) => `${name.value}: ${writeValue(value)}`)
    .sort()
    .join();
  written.set(node, text);
  return text;
}
