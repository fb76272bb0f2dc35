import {
  type ArgumentNode,
  type DirectiveNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';

/**
 * Writes an operation and fragments as a GraphQL document on one line. Block strings become plain ones and descriptions are left
 * out, since older servers read neither the same way. graphql-js's `print` would take longer than parsing does.
 */
export function writeDocument(operation: OperationDefinitionNode, fragments: Iterable<FragmentDefinitionNode>): string {
  let text = writeOperation(operation);
  for (const { name, typeCondition, directives, selectionSet } of fragments) {
    text += ` fragment ${name.value} on ${typeCondition.name.value}${writeDirectives(directives)} ${writeSelections(selectionSet)}`;
  }
  return text;
}

function writeOperation({
  operation,
  name,
  variableDefinitions,
  directives,
  selectionSet,
}: OperationDefinitionNode): string {
  const declared = variableDefinitions?.length ? `(${variableDefinitions.map(writeVariable).join(', ')})` : '';
  const title = `${operation}${name ? ` ${name.value}` : ''}${declared}`;
  return `${title}${writeDirectives(directives)} ${writeSelections(selectionSet)}`;
}

function writeVariable({ variable, type, defaultValue, directives }: VariableDefinitionNode): string {
  const otherwise = defaultValue ? ` = ${writeValue(defaultValue)}` : '';
  return `$${variable.name.value}: ${writeType(type)}${otherwise}${writeDirectives(directives)}`;
}

function writeType(type: TypeNode): string {
  if (type.kind === Kind.NAMED_TYPE) return type.name.value;
  return type.kind === Kind.LIST_TYPE ? `[${writeType(type.type)}]` : `${writeType(type.type)}!`;
}

function writeSelections({ selections }: SelectionSetNode): string {
  let text = '{';
  for (const selection of selections) text += ` ${writeSelection(selection)}`;
  return `${text} }`;
}

function writeSelection(selection: SelectionNode): string {
  const directives = writeDirectives(selection.directives);
  if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}${directives}`;
  const inner = selection.selectionSet ? ` ${writeSelections(selection.selectionSet)}` : '';
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    return `...${selection.typeCondition ? ` on ${selection.typeCondition.name.value}` : ''}${directives}${inner}`;
  }
  const alias = selection.alias ? `${selection.alias.value}: ` : '';
  return `${alias}${selection.name.value}${writeArguments(selection.arguments)}${directives}${inner}`;
}

function writeArguments(nodes: readonly ArgumentNode[] | undefined): string {
  return nodes?.length ? `(${nodes.map(({ name, value }) => `${name.value}: ${writeValue(value)}`).join(', ')})` : '';
}

function writeDirectives(directives: readonly DirectiveNode[] | undefined): string {
  let text = '';
  for (const directive of directives ?? []) text += ` @${directive.name.value}${writeArguments(directive.arguments)}`;
  return text;
}

/** Writes a literal. What JSON escapes in a string, GraphQL escapes alike (GraphQL specification, 2.9.4). */
export function writeValue(value: ValueNode): string {
  switch (value.kind) {
    case Kind.VARIABLE:
      return `$${value.name.value}`;
    case Kind.NULL:
      return 'null';
    case Kind.STRING:
      return JSON.stringify(value.value);
    case Kind.LIST:
      return `[${value.values.map(writeValue).join(', ')}]`;
    case Kind.OBJECT:
      return `{${value.fields.map((field) => `${field.name.value}: ${writeValue(field.value)}`).join(', ')}}`;
    default:
      return String(value.value);
  }
}
