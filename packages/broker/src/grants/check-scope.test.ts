/** What a limit may add up: amounts in one currency. */
import type { GrantScope } from '@writ/core';
import { expect, test } from 'vitest';
import type { ConnectionState } from '../live.ts';
import { scopeProblems } from './check-scope.ts';

const paths = ['body.amount', 'body.currency', 'body.fee_currency_code'];
const state = {
  slug: 'shop',
  environments: [],
  overrides: new Map(),
  provider: {
    resourceKinds: [],
    operations: ['PostRefunds', 'PostOther'].map((name) => ({
      name,
      effect: 'destroy',
      raised_to: [],
      arguments: name === 'PostRefunds' ? paths : ['body.size'],
    })),
    hasArgument: (name: string, path: string) => name === 'PostRefunds' && paths.includes(path),
  },
} as unknown as ConnectionState;

const problemsOf = (conditions: NonNullable<GrantScope['arguments']>[string], operations = 'PostRefunds') => {
  const limits = [{ operations, sum: 'body.amount', most: 50_000, per: 'week' as const }];
  const scope = { environments: ['*'], operations: ['*:destroy'], limits, arguments: { PostRefunds: conditions } };
  return [...scopeProblems(state, scope)].map(({ field, problem }) => `${field} ${problem}`);
};
const equals = { equals: 'eur' };

test('amounts are added up only where the grant allows one currency of each, by a comparison that no second one meets', () => {
  const currencies = { 'body.currency': equals, 'body.fee_currency_code': equals };
  expect([problemsOf(currencies), problemsOf(currencies, '*:destroy')]).toEqual([[], []]);
  for (const wrong of [{ one_of: ['eur', 'usd'] }, { starts_with: 'e' }])
    expect(problemsOf({ ...currencies, 'body.currency': wrong })).toEqual([
      expect.stringMatching(/^arguments must allow one body\.currency of PostRefunds, by `equals`/),
    ]);
  expect(problemsOf({ 'body.amount': { at_most: 5 } }, '*:destroy')).toHaveLength(2);
});
