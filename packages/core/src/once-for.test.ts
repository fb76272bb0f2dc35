import { expect, test } from 'vitest';
import { onceFor } from './once-for.ts';

test('a value is made once for an object, even if it is undefined; for an equal but different object it is made again', () => {
  const asked: object[] = [];
  const of = onceFor((key: object) => {
    asked.push(key);
    return undefined;
  });
  const [one, other] = [{}, {}];
  for (const key of [one, one, other, one]) of(key);
  expect(asked).toHaveLength(2);
});

test('a failure is not remembered', () => {
  let fails = true;
  const of = onceFor((_: object) => {
    if (fails) throw new Error('not now');
    return 'made';
  });
  const key = {};
  expect(() => of(key)).toThrow('not now');
  fails = false;
  expect(of(key)).toBe('made');
});
