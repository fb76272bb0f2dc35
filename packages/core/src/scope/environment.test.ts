import { expect, test } from 'vitest';
import { connectionSlugSchema, environmentSlugSchema } from './environment.ts';

test.each(['a', 'railway', 'my-app-2', 'a'.repeat(63)])('%s is a connection slug', (slug) => {
  expect(connectionSlugSchema.safeParse(slug).success).toBe(true);
});
test.each(['', 'A', '-a', 'a-', 'a.b', 'a_b', 'a'.repeat(64), 'a\n'])('%j is no connection slug', (slug) => {
  expect(connectionSlugSchema.safeParse(slug).success).toBe(false);
});
test.each([
  ['rentals.staging', true],
  ['a..b', false],
  ['.a', false],
  ['*', false],
])('%s as an environment slug: %s', (slug, good) => {
  expect(environmentSlugSchema.safeParse(slug).success).toBe(good);
});
