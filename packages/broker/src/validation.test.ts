import { WritError } from '@writ/core';
import { expect, test } from 'vitest';
import { unknownName, wrong } from './validation.ts';

/** Names that say how often they were looked through. */
function counted() {
  const seen = { times: 0 };
  const names = {
    *[Symbol.iterator]() {
      seen.times += 1;
      yield 'volumeDelete';
    },
  };
  return { seen, names };
}

const unknown = (count: number, names: Iterable<string>) =>
  Array.from({ length: count }, (_, index) =>
    unknownName({ field: `operations.${index}`, found: 'volumDelete', problem: 'names no operation' }, names),
  );

test('of many unknown names the nearest is looked for only of the few that are told with one', () => {
  const { seen, names } = counted();
  const problems = unknown(200, names);
  expect(seen.times).toBe(0);
  const error = wrong(...problems);
  expect(seen.times).toBe(5);
  expect(error).toBeInstanceOf(WritError);
  expect(error.message).toBe(
    'operations.0 names no operation (found volumDelete). Did you mean volumeDelete? And 199 more.',
  );
});

test('at most fifty problems are told field by field, and none holds what it was made with', () => {
  const { fields = [] } = wrong(...unknown(200, ['volumeDelete'])).extras;
  expect(fields).toHaveLength(50);
  expect(fields[0]).toEqual({
    field: 'operations.0',
    problem: 'names no operation',
    found: 'volumDelete',
    nearest: 'volumeDelete',
  });
  expect(fields[49]).toEqual({ field: 'operations.49', problem: 'names no operation', found: 'volumDelete' });
});
