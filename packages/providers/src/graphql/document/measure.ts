import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type ObjectFieldNode,
  type SelectionSetNode,
  type TypeNode,
  type ValueNode,
} from 'graphql';
import { MAX_ALIASES, MAX_DEFINITIONS, MAX_DEPTH } from '../limits.ts';
import { notSupported, notUnderstood, tooLarge } from '../refuse.ts';

/**
 * Looks once over a whole document as it was written, also over the parts that will not be sent. Refuses what is nested too deep for the
 * recursive steps that follow, too many aliases, directives other than `@skip` and `@include`, numbers that a double cannot hold, and
 * names that every JavaScript object has or that a copy of it loses.
 */
export function measure(document: DocumentNode): void {
  if (document.definitions.length > MAX_DEFINITIONS) {
    throw tooLarge(`The GraphQL document has more than ${MAX_DEFINITIONS} operations and fragments.`);
  }
  const count = { aliases: 0 };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    refuseDirectives(definition.directives);
    for (const variable of definition.variableDefinitions ?? []) {
      refuseDirectives(variable.directives);
      if (variable.variable.name.value in Object.prototype)
        throw ambiguous(`The variable $${variable.variable.name.value}`);
      measureType(variable.type);
      if (variable.defaultValue) measureValue(variable.defaultValue, 1);
    }
    measureSelections(definition.selectionSet, { depth: 1, count });
  }
}

interface Place {
  readonly depth: number;
  readonly count: { aliases: number };
}

function measureSelections(selectionSet: SelectionSetNode, { depth, count }: Place): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  for (const selection of selectionSet.selections) {
    measureDirectives(selection.directives);
    if (selection.kind === Kind.FIELD) {
      if (selection.alias && ++count.aliases > MAX_ALIASES) {
        throw tooLarge(`The GraphQL document has more than ${MAX_ALIASES} aliases.`);
      }
      measureArguments(selection.arguments);
    }
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) {
      measureSelections(selection.selectionSet, { depth: depth + 1, count });
    }
  }
}

function measureArguments(argumentNodes: readonly ArgumentNode[] | undefined): void {
  for (const argument of argumentNodes ?? []) measureValue(argument.value, 1);
}

function measureType(type: TypeNode): void {
  let inner = type;
  for (let depth = 1; inner.kind !== Kind.NAMED_TYPE; depth += 1) {
    if (depth > MAX_DEPTH) throw tooDeep();
    inner = inner.type;
  }
}

function measureValue(value: ValueNode, depth: number): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (value.kind === Kind.LIST) for (const item of value.values) measureValue(item, depth + 1);
  if (value.kind === Kind.OBJECT) for (const field of value.fields) measureMember(field, depth + 1);
  if (value.kind === Kind.FLOAT && !Number.isFinite(Number(value.value))) throw notANumber();
  if (value.kind === Kind.INT && String(Number(value.value)) !== value.value) throw notANumber();
}

/** The name `__proto__`, refused as in JSON: a server that copies members one by one would make a prototype of it. */
function measureMember({ name, value }: ObjectFieldNode, depth: number): void {
  if (name.value === '__proto__') throw ambiguous('The member __proto__');
  measureValue(value, depth);
}

/** The two directives that may stand on a selection: what they leave out is judged as if it were there. */
function measureDirectives(directives: readonly DirectiveNode[] | undefined): void {
  for (const directive of directives ?? []) {
    if (directive.name.value !== 'skip' && directive.name.value !== 'include') throw foreign(directive);
    measureArguments(directive.arguments);
  }
}

function refuseDirectives(directives: readonly DirectiveNode[] | undefined): void {
  const [directive] = directives ?? [];
  if (directive) throw foreign(directive);
}

function foreign(directive: DirectiveNode): Error {
  return notSupported(
    `The directive @${directive.name.value} is not supported here; only @skip and @include on selections are.`,
  );
}

function tooDeep(): Error {
  return tooLarge(`The GraphQL document is nested more than ${MAX_DEPTH} deep.`);
}

function ambiguous(what: string): Error {
  return notUnderstood(`${what} has a name that not every server reads alike: give it another.`);
}

function notANumber(): Error {
  return notUnderstood('The document holds a number that not every reader reads alike; send it as a string.');
}
