import { describe, expect, test } from 'vitest';
import { cardsOf } from './steady.ts';

const item = (id: string, says = '') => ({ id, says });

describe('a list under a finger does not move', () => {
  test('what comes is counted, not shown: no card is another one than before', () => {
    const { cards, more } = cardsOf([item('b'), item('a')], [item('d'), item('c'), item('b'), item('a')]);
    expect(cards.map(({ first }) => first.id)).toEqual(['b', 'a']);
    expect(more).toBe(2);
  });

  test('what has ended stays in its place, and is told apart', () => {
    const { cards } = cardsOf([item('c'), item('b'), item('a')], [item('c'), item('a')]);
    expect(cards.map(({ first, now }) => [first.id, now?.id])).toEqual([
      ['c', 'c'],
      ['b', undefined],
      ['a', 'a'],
    ]);
  });

  test('what has changed is shown as it is now, where it was', () => {
    expect(cardsOf([item('a', 'old')], [item('a', 'new')]).cards).toEqual([
      { first: item('a', 'old'), now: item('a', 'new') },
    ]);
  });
});
