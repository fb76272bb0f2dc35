import { DETAIL_TYPE, type Detail } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { narrowingOf, openOf } from './scope-words.ts';

const DETAIL: Detail = {
  type: DETAIL_TYPE,
  connection: 'acme',
  environments: ['staging'],
  operations: ['domainCreate', 'volumeDelete:destroy'],
};

describe('what somebody says yes to is told whole', () => {
  test('every resource and every condition stands on a line of its own', () => {
    const narrowed: Detail = {
      ...DETAIL,
      resources: ['service:s_1', 'volume:v_1'],
      arguments: {
        domainCreate: { 'input.domain': { ends_with: '.staging.example.com' }, 'input.port': { one_of: [80, '443'] } },
      },
    };
    expect(narrowingOf(narrowed)).toEqual([
      'only of service:s_1',
      'only of volume:v_1',
      'only where domainCreate input.domain ends_with .staging.example.com',
      'only where domainCreate input.port one_of 80, "443"',
    ]);
    expect(openOf(narrowed)).toBeUndefined();
  });

  test('what is left open is said too', () => {
    expect(narrowingOf(DETAIL)).toEqual([]);
    expect(openOf(DETAIL)).toBe('of anything there, with any arguments');
    expect(openOf({ ...DETAIL, resources: ['volume:v_1'] })).toBe('with any arguments');
  });
});
