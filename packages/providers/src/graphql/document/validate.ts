import {
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { notUnderstood, tooLarge } from '../refuse.ts';
import type { ChosenDocument } from './document.ts';
import { isPlainlyValid } from './plainly-valid.ts';

/**
 * Every validation rule of the specification but one, whose cost grows with the square of the document: that equal response names mean
 * the same field is checked while fragments are expanded. Where the shapes of different types clash, the provider's server still refuses.
 */
export const RULES = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

const MOST_ERRORS = 3;

/** Validates a document as the provider's server would; throws `request_not_understood` with the first few reasons. */
export function validateDocument(schema: GraphQLSchema, chosen: ChosenDocument): void {
  if (isPlainlyValid(schema, chosen)) return;
  // Parsed again with locations, which the messages need.
  const errors = validate(schema, parse(chosen.text), RULES, { maxErrors: MOST_ERRORS });
  if (errors.length === 0) return;
  // The message of graphql-js for its own bound on following fragments.
  if (errors.some(({ message }) => message === 'Validation aborted.')) {
    throw tooLarge('The GraphQL document takes too much to validate.');
  }
  throw notUnderstood(`The GraphQL document is not valid: ${errors.slice(0, MOST_ERRORS).map(summary).join(' ')}`);
}

const VALUES: readonly string[] = [
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
];

/** The public part of a message: one about a value repeats the value, which may be secret, so only its place is told. */
function summary(error: GraphQLError): string {
  const place = error.locations?.[0];
  const where = place ? ` (line ${place.line}, column ${place.column})` : '';
  if (error.nodes?.some((node) => VALUES.includes(node.kind))) return `A value does not fit its type${where}.`;
  return `${error.message}${where}`;
}
