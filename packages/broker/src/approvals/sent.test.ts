import type { ChainLink, ResolvedOperation } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { covers } from './sent.ts';

const operation: ResolvedOperation = {
  ...{ name: 'volumeDelete', effect: 'destroy', base_effect: 'destroy', arguments: {}, secret_arguments: [] },
  ...{
    targets: [{ kind: 'volume', id: 'v', within: [] }],
    environments: [{ slug: 'staging', kind: 'other' }],
    containers: [],
  },
};
const scope = { connection: 'railway', environments: ['staging'], operations: ['volumeDelete'] };
const chain: readonly ChainLink[] = [{ link: 'grants', subject: 'helper', allowances: [{ scope }] }];

describe('who may take a kept answer', () => {
  const reply = { connection: 'railway', operations: [operation], is_bound: false };

  test('a token that covers the request now, and no other', () => {
    expect(covers({ chain, is_bound: false, now: 0 }, reply)).toBe(true);
    expect(covers({ chain, is_bound: false, now: 0 }, { ...reply, connection: 'other' })).toBe(false);
    expect(covers({ chain, is_bound: false, now: 0 }, { ...reply, operations: [] })).toBe(false);
    expect(covers({ chain: [], is_bound: false, now: 0 }, reply)).toBe(false);
  });

  test('where the request came with a token that is bound to a key, only such a token', () => {
    const bound = { ...reply, is_bound: true };
    expect(covers({ chain, is_bound: false, now: 0 }, bound)).toBe(false);
    expect(covers({ chain, is_bound: true, now: 0 }, bound)).toBe(true);
  });
});
