import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { MAX_TOKENS } from '../limits.ts';
import { notSupported, notUnderstood, tooLarge } from '../refuse.ts';
import { measure } from './measure.ts';

/** A document, the operation of it that a server would run, and its fragments by name. */
export interface ChosenDocument {
  /** As the client wrote it. */
  readonly text: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** Parses a document and picks the operation a server would run (GraphQL specification, 6.1 `GetOperation`). */
export function readDocument(query: string, operationName: string | undefined): ChosenDocument {
  const document = parseDocument(query);
  measure(document);
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) addFragment(fragments, definition);
    else throw notUnderstood('The document defines types; only operations and fragments can be sent.');
  }
  return { text: query, document, operation: choose(operations, operationName), fragments };
}

function parseDocument(query: string): DocumentNode {
  try {
    // Without locations the tokens are freed with the parser: what is cached is much smaller.
    return parse(query, { maxTokens: MAX_TOKENS, noLocation: true });
  } catch (error) {
    throw parseRefusal(error);
  }
}

/** The parser's own sentence ends with the token it found, which may be a secret string: that part is left out. */
function parseRefusal(error: unknown): Error {
  if (error instanceof RangeError) return tooLarge('The GraphQL document is nested too deeply.');
  if (!(error instanceof GraphQLError)) throw error;
  if (error.message.includes('Document contains more than')) {
    return tooLarge(`The GraphQL document has more than ${MAX_TOKENS} tokens.`);
  }
  const place = error.locations?.[0];
  const where = place ? ` at line ${place.line}, column ${place.column}` : '';
  const expected = /^Syntax Error: (Expected [^"\s]+|Expected "[^"]{1,3}")(?=, found )/.exec(error.message)?.[1];
  return notUnderstood(`The GraphQL document has a syntax error${where}${expected ? `: ${expected}` : ''}.`);
}

function addFragment(fragments: Map<string, FragmentDefinitionNode>, fragment: FragmentDefinitionNode): void {
  const name = fragment.name.value;
  if (fragments.has(name)) throw notUnderstood(`There can be only one fragment named "${name}".`);
  fragments.set(name, fragment);
}

function choose(operations: readonly OperationDefinitionNode[], name: string | undefined): OperationDefinitionNode {
  if (operations.some((operation) => operation.operation === 'subscription')) {
    throw notSupported('GraphQL subscriptions are not supported.');
  }
  const named = name === undefined ? operations : operations.filter((operation) => operation.name?.value === name);
  const [chosen, second] = named;
  if (chosen && !second) return chosen;
  if (second && name !== undefined) throw notUnderstood(`There can be only one operation named "${name}".`);
  if (second) throw notUnderstood('The document has several operations: say which by "operationName".');
  throw notUnderstood(
    name === undefined ? 'The document has no operation.' : `The document has no operation "${name}".`,
  );
}
