import { AUDIT_KINDS, AUDIT_RESULTS, inputProblems } from '@writ/core';
import { expect, test } from 'vitest';
import { ROUTES } from '../../packages/api/src/index.ts';
import { filesBelow } from '../support/sources.ts';

const sources = ['packages/broker/src', 'packages/core/src', 'packages/store/src']
  .flatMap((folder) => filesBelow(folder))
  .filter(
    ({ path }) => path.endsWith('.ts') && !path.endsWith('.test.ts') && path !== 'packages/core/src/audit/event.ts',
  );

/** What is written in the code where an event is given its kind. */
const GIVEN =
  /(?:\b(?:kind|refused|allow|wait|refuse)\b(?::| =)|\bPRUNED =|\bdone\([^,]+,)[^;\n]*?'([a-z_]+\.[a-z_]+)'(?:[^;\n]*?: '([a-z_]+\.[a-z_]+)')?/g;
const given = new Set(
  sources.flatMap(({ text }) => [...text.matchAll(GIVEN)].flatMap(([, one, other]) => [one, other])).filter(Boolean),
);

test('every kind of event that the code gives is one that the log can be asked for', () => {
  expect(given.size).toBeGreaterThan(40);
  expect([...given].filter((kind) => !AUDIT_KINDS.some((known) => known === kind))).toEqual([]);
});

test('every kind that the log can be asked for is one that the code gives', () => {
  const code = sources.map(({ text }) => text).join('\n');
  expect(AUDIT_KINDS.filter((kind) => !code.includes(`'${kind}'`))).toEqual([]);
});

test('each word is there once, in alphabetical order', () => {
  for (const words of [AUDIT_KINDS, AUDIT_RESULTS]) expect([...words]).toEqual([...new Set(words)].sort());
});

test('a kind or a result that no event can have is an error that names the nearest, never an empty list', () => {
  const { query } = ROUTES['audit.list'];
  const problemsOf = (asked: object) => inputProblems(query.safeParse(asked).error ?? never(), asked);
  expect(problemsOf({ kind: 'request.refuse' })).toEqual([
    { field: 'kind', problem: 'is no kind of event', nearest: 'request.refused' },
  ]);
  expect(problemsOf({ result: 'anwsered' })).toEqual([
    { field: 'result', problem: 'is no result of an event', nearest: 'answered' },
  ]);
  expect(problemsOf({ kind: 'toString' })).toEqual([{ field: 'kind', problem: 'is no kind of event' }]);
  expect(problemsOf({ kind: '' })).toHaveLength(1);
  expect(query.safeParse({ kind: 'request.refused', result: 'operation_not_granted' }).success).toBe(true);
});

function never(): never {
  throw new TypeError('that was taken');
}
