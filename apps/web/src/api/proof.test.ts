import { expect, test } from 'vitest';
import { ProofDesk } from './proof.ts';

test('a second change does not take the place of the one that is being proven, nor does an ended one close the next', () => {
  const desk = new ProofDesk<string>();
  expect(desk.take('first')).toBe(true);
  expect(desk.take('second')).toBe(false);
  expect(desk.end('second')).toBe(false);
  expect(desk.end('first')).toBe(true);
  expect(desk.take('third')).toBe(true);
  expect(desk.end('first')).toBe(false);
  expect(desk.take('fourth')).toBe(false);
});
