import { expect, test } from 'vitest';
import { Budget, bothOf } from './budget.ts';
import { Shares } from './shares.ts';

test('a budget gives out what it has and no more, and again what is given back', () => {
  const budget = new Budget(10);
  budget.take(6);
  expect(() => budget.take(5)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  budget.take(4);
  expect(budget.used).toBe(10);
  budget.give(4);
  expect(budget.used).toBe(6);
});

test('what is taken of two accounts is taken of both, and given back to both', () => {
  const [first, second] = [new Budget(10), new Budget(10)];
  const both = bothOf(first, second);
  both.take(7);
  both.give(3);
  expect([first.used, second.used]).toEqual([4, 4]);
});

test('where one of two has not enough, nothing is taken of either, however often it is asked', () => {
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
