import { expect, test } from 'vitest';
import { counted } from './words.ts';

test('a counted noun has the form of its number', () => {
  const things = [0, 1, 2].map((count) => counted(count, 'thing is', 'things are'));
  expect(things).toEqual(['0 things are', '1 thing is', '2 things are']);
});
