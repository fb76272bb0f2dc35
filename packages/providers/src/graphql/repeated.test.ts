import { makeCanonical } from '@writ/core/steps';
import { describe, expect, test } from 'vitest';
import { railway } from '../railway/index.ts';

const VARIABLES = { projectId: 'p', environmentId: 'e' };
const BY_VARIABLE = {
  declared: '$i: VariableCollectionUpsertInput!',
  given: 'input: $i',
  of: (variables: object) => ({ i: { ...VARIABLES, variables } }),
};
const BY_LITERAL = {
  declared: '$v: EnvironmentVariables!',
  given: 'input: { projectId: "p", environmentId: "e", variables: $v }',
  of: (variables: object) => ({ v: variables }),
};

interface How {
  readonly declared: string;
  readonly given: string;
  readonly of: (variables: object) => object;
}

function classify(how: How, { aliases, names }: { aliases: number; names: number }) {
  const fields = Array.from({ length: aliases }, (_, i) => `a${i}: variableCollectionUpsert(${how.given})`);
  const variables = how.of(Object.fromEntries(Array.from({ length: names }, (_, i) => [`NAME_${i}`, 'v'])));
  const query = `mutation(${how.declared}) { ${fields.join(' ')} }`;
  const body = new TextEncoder().encode(JSON.stringify({ query, variables }));
  const headers = { 'content-type': 'application/json' };
  return railway.classify(makeCanonical({ method: 'POST', path: '/graphql/v2', query: '', headers, body }), new Map());
}

describe.each([
  ['a variable', BY_VARIABLE],
  ['a literal that holds one', BY_LITERAL],
])('one large value given to many operations as %s', (_, how) => {
  test('is refused, by what it comes to when it is counted as often as it is given', () => {
    expect(() => classify(how, { aliases: 200, names: 30_000 })).toThrowError(
      expect.objectContaining({ code: 'request_too_large' }),
    );
  });
  test('passes while it comes to little', () => {
    expect(classify(how, { aliases: 20, names: 1_000 }).operations).toHaveLength(20);
    expect(classify(how, { aliases: 1, names: 30_000 }).operations).toHaveLength(1);
  });
});
