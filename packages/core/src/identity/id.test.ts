import { expect, test } from 'vitest';
import { isId, makeId } from './id.ts';

test('an id contains its kind, sorts by time and is not accepted as another kind', () => {
  const randomBytes = (size: number) => new Uint8Array(size).fill(7);
  const early = makeId('grant', { now: 1_000, randomBytes });
  const late = makeId('grant', { now: 2_000, randomBytes });
  expect(early < late).toBe(true);
  expect(isId('grant', early)).toBe(true);
  expect(isId('task', early)).toBe(false);
  expect(isId('grant', `${early}\n`)).toBe(false);
});
