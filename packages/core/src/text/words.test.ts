import { expect, test } from 'vitest';
import { counted, joined } from './words.ts';

test('a counted noun has the form of its number', () => {
  const things = [0, 1, 2].map((count) => counted(count, 'thing is', 'things are'));
  expect(things).toEqual(['0 things are', '1 thing is', '2 things are']);
});

test('words are joined as in a sentence', () => {
  const sentences = [[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((words) => joined(words));
  expect(sentences).toEqual(['', 'a', 'a and b', 'a, b and c']);
  expect(joined(['a', 'b', 'c'], 'or')).toBe('a, b or c');
});
