import { expect, test } from 'vitest';
import { Budget, bothOf } from './budget.ts';
import { Shares } from './shares.ts';

test('no more can be taken from a budget than it has, and what is given back can be taken again', () => {
  const budget = new Budget(10);
  budget.take(6);
  expect(() => budget.take(5)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  budget.take(4);
  expect(budget.used).toBe(10);
  budget.give(4);
  expect(budget.used).toBe(6);
});

test('an amount of two joined accounts is taken from both, and given back to both', () => {
  const [first, second] = [new Budget(10), new Budget(10)];
  const both = bothOf(first, second);
  both.take(7);
  both.give(3);
  expect([first.used, second.used]).toEqual([4, 4]);
});

test('if one of two joined accounts has not enough, nothing is taken from either, however often it is tried', () => {
  const shares = new Shares(10);
  const [small, large] = [new Budget(5), new Budget(100)];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(() => bothOf(shares.accountOf('a'), small).take(6)).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
    expect(() => bothOf(large, small).take(6)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(() => bothOf(shares.accountOf('a'), large).take(11)).toThrow(
      expect.objectContaining({ code: 'rate_limited' }),
    );
    expect([shares.used('a'), small.used, large.used]).toEqual([0, 0, 0]);
  }
});
