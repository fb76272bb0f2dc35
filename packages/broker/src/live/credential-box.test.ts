import { describe, expect, test } from 'vitest';
import { narrowest } from './credential-box.ts';

const credential = (version: number, environments: readonly string[] | null) => ({ version, environments });

describe('the narrowest credential', () => {
  const all = credential(1, null);
  const staging = credential(2, ['staging']);
  const both = credential(3, ['production', 'staging']);

  test('where one is bound to the reached environments, a broader one is never used', () => {
    expect(narrowest([all, both, staging], ['staging'])).toBe(staging);
    expect(narrowest([all, both, staging], ['production'])).toBe(both);
    expect(narrowest([all, both, staging], ['production', 'staging'])).toBe(both);
  });

  test('one that is bound elsewhere is not used', () => {
    expect(narrowest([all, staging], ['staging', 'shared'])).toBe(all);
    expect(narrowest([staging], ['production'])).toBeUndefined();
    expect(narrowest([], ['staging'])).toBeUndefined();
  });

  test('a request that reaches nothing is no reason to use a bound one', () => {
    expect(narrowest([staging], [])).toBeUndefined();
  });

  test('of equals the newest is used', () => {
    const newer = credential(9, ['staging']);
    expect(narrowest([staging, newer], ['staging'])).toBe(newer);
  });
});
