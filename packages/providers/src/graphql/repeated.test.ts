import { WritError } from '@writ/core';
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

function classify(how: typeof BY_VARIABLE, { aliases, names }: { aliases: number; names: number }) {
  const fields = Array.from({ length: aliases }, (_, i) => `a${i}: variableCollectionUpsert(${how.given})`);
  const variables = how.of(Object.fromEntries(Array.from({ length: names }, (_, i) => [`NAME_${i}`, 'v'])));
  const query = `mutation(${how.declared}) { ${fields.join(' ')} }`;
  const body = new TextEncoder().encode(JSON.stringify({ query, variables }));
  const headers = { 'content-type': 'application/json' };
  return railway.classify(makeCanonical({ method: 'POST', path: '/graphql/v2', query: '', headers, body }), new Map());
}

/** Processor time, which does not count what else the machine does. */
function milliseconds(work: () => void): number {
  const start = process.threadCpuUsage();
  work();
  return process.threadCpuUsage(start).user / 1_000;
}

describe.each([
  ['a variable', BY_VARIABLE],
  ['a literal that holds one', BY_LITERAL],
])('one large value given to many operations as %s', (_, how) => {
  test('is refused, and does not hold up everybody else until it is', () => {
    const spent = milliseconds(() => {
      let thrown: unknown;
      try {
        classify(how, { aliases: 200, names: 30_000 });
      } catch (error) {
        thrown = error;
      }
      expect(thrown instanceof WritError ? thrown.code : thrown).toBe('request_too_large');
    });
    expect(spent).toBeLessThan(2_500);
  });
  test('passes while it comes to little', () => {
    expect(classify(how, { aliases: 20, names: 1_000 }).operations).toHaveLength(20);
    expect(classify(how, { aliases: 1, names: 30_000 }).operations).toHaveLength(1);
  });
});
