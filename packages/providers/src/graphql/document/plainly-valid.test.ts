import { WritError } from '@writ/core';
import fc from 'fast-check';
import {
  GraphQLError,
  getVariableValues,
  Kind,
  Lexer,
  parse,
  print,
  Source,
  stripIgnoredCharacters,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { writeRequest } from '../../../../../test/differential/document.ts';
import { catalog, schema } from '../../../../../test/differential/schema.ts';
import { coerceVariables, declaredVariables } from '../judge/variables.ts';
import { buildSchema } from '../schema.ts';
import { type ChosenDocument, readDocument } from './document.ts';
import { expand } from './expand.ts';
import { isPlainlyValid } from './plainly-valid.ts';
import { RULES } from './validate.ts';
import { writeDocument } from './write-document.ts';

/** Milliseconds: generated cases take long on a busy machine. */
const PATIENCE = 60_000;
const RUNS = { numRuns: 400 } as const;
const ours = buildSchema(catalog.schema);

/** What `choose` gives, or nothing where it refuses. */
function unlessRefused<T>(choose: () => T): T | undefined {
  try {
    return choose();
  } catch (error) {
    if (error instanceof WritError) return undefined;
    throw error;
  }
}

/** A generated document in which some tokens are swapped for others of it: mostly still a document, and seldom a valid one. */
function shuffled(gen: fc.GeneratorValue, query: string): string {
  const words = tokens(query);
  for (let swaps = gen(fc.nat, 2); swaps > 0; swaps -= 1) {
    const [to, from] = [gen(fc.nat, words.length - 1), gen(fc.nat, words.length - 1)];
    words[to] = words[from] ?? '';
  }
  return words.join(' ');
}

function tokens(query: string): string[] {
  const text = stripIgnoredCharacters(query);
  const lexer = new Lexer(new Source(text));
  const words: string[] = [];
  for (let token = lexer.advance(); token.kind !== '<EOF>'; token = lexer.advance())
    words.push(text.slice(token.start, token.end));
  return words;
}

describe('the short way to tell that a document is valid', () => {
  test(
    'never calls valid what graphql-js does not',
    () => {
      let [valid, plain, broken] = [0, 0, 0];
      fc.assert(
        fc.property(fc.gen(), (gen) => {
          const request = writeRequest(gen);
          const query = shuffled(gen, request.query);
          const chosen = unlessRefused(() => readDocument(query, request.operationName));
          if (!chosen || !unlessRefused(() => expand(ours, chosen))) return;
          const errors = validate(schema, parse(query), RULES).map(({ message }) => message);
          if (isPlainlyValid(ours, chosen)) expect(errors, query).toEqual([]);
          valid += errors.length === 0 ? 1 : 0;
          broken += errors.length > 0 ? 1 : 0;
          plain += isPlainlyValid(ours, chosen) ? 1 : 0;
        }),
        { numRuns: 1_500 },
      );
      // It is worth having only if it settles most documents, and was tried only if many were broken.
      expect(plain).toBeGreaterThan(valid / 3);
      expect(broken).toBeGreaterThan(50);
    },
    PATIENCE,
  );

  test.each([
    'query ($v: [ID!]) { nodes(ids: $v) { id } }',
    'query ($v: ID = "x") { thing(id: $v) { id } }',
    '{ thing(id: 7) { box(list: [[1], 2, null]) { raw(json: {a: 1}) } } }',
    '{ __schema { types { name } } }',
  ])('leaves it to graphql-js where the case is not ordinary: %s', (query) => {
    const chosen = readDocument(query, undefined);
    expect(isPlainlyValid(ours, chosen)).toBe(false);
    expect(validate(schema, parse(query))).toEqual([]);
  });
});

test(
  'a document is written so that it parses to what it was written from',
  () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const { query, operationName } = writeRequest(gen);
        const chosen = readDocument(query, operationName);
        const written = writeDocument(chosen.operation, chosen.fragments.values());
        const definitions = [chosen.operation, ...chosen.fragments.values()];
        expect(print(parse(written))).toBe(print({ kind: Kind.DOCUMENT, definitions }));
      }),
      RUNS,
    );
  },
  PATIENCE,
);

test(
  'variables are coerced to what graphql-js coerces them to, or refused where it refuses',
  () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(null, 1, 1.5, 'RED', 'x', true, [], {}, [['a']], { size: 1 }),
    );
    fc.assert(
      fc.property(fc.gen(), fc.array(anything, { minLength: 8, maxLength: 8 }), (gen, values) => {
        const request = writeRequest(gen);
        const chosen: ChosenDocument = readDocument(request.query, request.operationName);
        const declared = unlessRefused(() => declaredVariables(ours, chosen.operation));
        if (!declared) return;
        const given = { ...request.variables };
        for (const [index, name] of Object.keys(given).entries()) {
          if (gen(fc.boolean)) given[name] = JSON.parse(JSON.stringify(values[index % values.length]));
        }
        const theirs = getVariableValues(schema, chosen.operation.variableDefinitions ?? [], given);
        expect(theirs.errors?.every((error) => error instanceof GraphQLError) ?? true).toBe(true);
        expect(unlessRefused(() => coerceVariables(declared, given))).toEqual(theirs.coerced);
      }),
      RUNS,
    );
  },
  PATIENCE,
);
