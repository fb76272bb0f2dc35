import { expect, test } from 'vitest';
import { defined } from './defined.ts';

test('only undefined members are left out', () => {
  const members = defined({ a: 1, b: undefined, c: null, d: '', e: false, f: 0 as number | undefined });
  expect(Object.keys(members)).toEqual(['a', 'c', 'd', 'e', 'f']);
  expect(members).toStrictEqual({ a: 1, c: null, d: '', e: false, f: 0 });
});

test('a member called `__proto__` stays a member', () => {
  const members = defined(JSON.parse('{"__proto__": 1}') as object);
  expect(Object.keys(members)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(members)).toBe(Object.prototype);
});
