import {
  type ArgumentNode,
  type DirectiveNode,
  doTypesOverlap,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInputType,
  isRequiredArgument,
  isTypeSubTypeOf,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  type ValueNode,
} from 'graphql';
import type { ChosenDocument } from './document.ts';
import { fitsPlainly } from './literal.ts';

interface Check {
  readonly schema: GraphQLSchema;
  readonly fragments: ChosenDocument['fragments'];
  readonly variables: ReadonlyMap<string, GraphQLInputType>;
  readonly usedVariables: Set<string>;
  /** Fragments whose own selections were looked at. */
  readonly checked: Set<string>;
}

/**
 * Tells in one walk whether a document is valid by the ordinary cases of the specification's rules. `true` is certain: `validate` would
 * find nothing in it. `false` is not: `validate` must then be asked, which costs twenty times as much. Equal response names are not looked
 * at here (see `validate.ts`).
 */
export function isPlainlyValid(schema: GraphQLSchema, { document, operation, fragments }: ChosenDocument): boolean {
  if (document.definitions.length !== 1 + fragments.size) return false;
  const variables = plainVariables(schema, operation);
  const rootType = schema.getRootType(operation.operation);
  if (!variables || !rootType) return false;
  const check: Check = { schema, fragments, variables, usedVariables: new Set(), checked: new Set() };
  if (!areValid(check, operation.selectionSet, rootType)) return false;
  return check.checked.size === fragments.size && check.usedVariables.size === variables.size;
}

function plainVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
): ReadonlyMap<string, GraphQLInputType> | undefined {
  const variables = new Map<string, GraphQLInputType>();
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const type = typeFromAST(schema, typeNode);
    const name = variable.name.value;
    if (!isInputType(type) || variables.has(name)) return undefined;
    if (defaultValue && !fitsPlainly(defaultValue, type, noVariable)) return undefined;
    variables.set(name, type);
  }
  return variables;
}

function noVariable(): boolean {
  return false;
}

function areValid(check: Check, { selections }: SelectionSetNode, type: GraphQLCompositeType): boolean {
  for (const selection of selections) if (!isValid(check, selection, type)) return false;
  return true;
}

function isValid(check: Check, selection: SelectionNode, type: GraphQLCompositeType): boolean {
  if (selection.directives?.length && !areDirectivesValid(check, selection.directives)) return false;
  if (selection.kind === Kind.FIELD) return isFieldValid(check, selection, type);
  if (selection.kind === Kind.FRAGMENT_SPREAD) return isSpreadValid(check, selection.name.value, type);
  const condition = selection.typeCondition;
  const narrowed = condition ? check.schema.getType(condition.name.value) : type;
  return fitsInto(check, narrowed, type) && areValid(check, selection.selectionSet, narrowed);
}

function fitsInto(check: Check, narrowed: unknown, type: GraphQLCompositeType): narrowed is GraphQLCompositeType {
  return isCompositeType(narrowed) && doTypesOverlap(check.schema, type, narrowed);
}

function isSpreadValid(check: Check, name: string, type: GraphQLCompositeType): boolean {
  const fragment = check.fragments.get(name);
  if (!fragment) return false;
  const narrowed = check.schema.getType(fragment.typeCondition.name.value);
  if (!fitsInto(check, narrowed, type)) return false;
  if (check.checked.has(name)) return true;
  // Fragments that contain themselves were refused when the document was expanded.
  check.checked.add(name);
  return areValid(check, fragment.selectionSet, narrowed);
}

function isFieldValid(check: Check, node: FieldNode, type: GraphQLCompositeType): boolean {
  const name = node.name.value;
  if (name === '__typename') return !node.selectionSet && !node.arguments?.length;
  // Introspection has rules of its own.
  if (isUnionType(type) || name.startsWith('__')) return false;
  const fields = type.getFields();
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!field || !areArgumentsValid(check, node.arguments ?? [], field.args)) return false;
  return isSelectionValid(check, node, field);
}

function isSelectionValid(check: Check, node: FieldNode, field: GraphQLField<unknown, unknown>): boolean {
  const inner = getNamedType(field.type);
  if (!isCompositeType(inner)) return node.selectionSet === undefined;
  return node.selectionSet !== undefined && areValid(check, node.selectionSet, inner);
}

function areArgumentsValid(
  check: Check,
  nodes: readonly ArgumentNode[],
  declared: readonly GraphQLArgument[],
): boolean {
  if (nodes.length === 0) return declared.length === 0 || !declared.some(isRequiredArgument);
  const given = new Set<string>();
  for (const node of nodes) {
    const argument = declared.find(({ name }) => name === node.name.value);
    if (!argument || given.has(argument.name) || !isValueValid(check, node.value, argument.type)) return false;
    given.add(argument.name);
  }
  return declared.every((argument) => given.has(argument.name) || !isRequiredArgument(argument));
}

/** The cases that are left to `validate`: a default can let a variable into a place that its type would not fit. */
function isValueValid(check: Check, value: ValueNode, type: GraphQLInputType): boolean {
  return fitsPlainly(value, type, (name, expected) => {
    const declared = check.variables.get(name);
    if (!declared || !isTypeSubTypeOf(check.schema, declared, expected)) return false;
    check.usedVariables.add(name);
    return true;
  });
}

function areDirectivesValid(check: Check, directives: readonly DirectiveNode[]): boolean {
  if (directives.length > 1 && new Set(directives.map(({ name }) => name.value)).size < directives.length) return false;
  // `@skip` and `@include` take the same argument; any other directive was refused before.
  return directives.every((directive) =>
    areArgumentsValid(check, directive.arguments ?? [], GraphQLIncludeDirective.args),
  );
}
