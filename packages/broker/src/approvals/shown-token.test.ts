/** What is shown of a token that reaches more than a person reads: what is guarded most comes first, and what is left out is counted. */
import { SHIPPED_GUARDRAILS } from '@writ/core';
import { expect, test } from 'vitest';
import type { ConnectionState } from '../live.ts';
import { tokenReach } from './shown-token.ts';

const places = (kind: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `${kind}${at}`, slug: `${kind}-${at}`, kind, selector: {} }));

const stateWith = (environments: readonly object[]) =>
  ({
    slug: 'acme',
    overrides: new Map(),
    environments,
    provider: { operations: [{ name: 'domains', effect: 'read', raised_to: [], arguments: [] }] },
  }) as unknown as ConnectionState;

const reachOf = (environments: readonly object[]) => {
  const detail = { type: 'provider_operations', connection: 'acme', environments: ['*'], operations: ['*'] } as const;
  const asked = [{ detail: { ...detail, environments: ['*'], operations: ['*'] }, state: stateWith(environments) }];
  return tokenReach(asked, SHIPPED_GUARDRAILS).reaches[0];
};

test('`shared` and protected environments are listed before others, wherever they stand in the connection', () => {
  const reach = reachOf([...places('other', 40), ...places('protected', 3)]);
  const slugs = reach?.environments.map(({ slug }) => slug);
  expect(slugs?.slice(0, 4)).toEqual(['shared', 'protected-0', 'protected-1', 'protected-2']);
  expect([slugs?.length, reach?.environments_more, reach?.protected_more]).toEqual([20, 24, undefined]);
});

test('protected ones that are not listed are counted apart', () => {
  const reach = reachOf([...places('other', 5), ...places('protected', 30)]);
  expect(reach?.environments.every(({ kind }) => kind === 'protected')).toBe(true);
  expect([reach?.environments[0]?.slug, reach?.environments_more, reach?.protected_more]).toEqual(['shared', 16, 11]);
});
