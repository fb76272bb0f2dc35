import { describe, expect, test } from 'vitest';
import type { Answer, Question } from '../provider.ts';
import { isRefusal, notAccepted, readJson, unusable } from './answer.ts';

const question: Question = {
  name: 'inventory.project',
  request: { method: 'GET', path: '/x', query: '', headers: {}, body: new Uint8Array() },
};
const answered = (status: number, text = '', headers: Record<string, string> = {}): Answer => ({
  status,
  headers: new Map(Object.entries(headers)),
  body: new TextEncoder().encode(text),
});

test.each([
  [401, true],
  [403, true],
  [400, false],
  [404, false],
  [200, false],
])('%d refuses the root credential or what was asked: %s', (status, refuses) => {
  expect(isRefusal(answered(status))).toBe(refuses);
});

test('a root credential that is not accepted is for an administrator', () => {
  const error = notAccepted('Plain', answered(401));
  expect(error).toMatchObject({
    code: 'credential_rejected',
    message:
      'Plain does not accept the root credential of this connection (it answered 401). An administrator must replace it.',
  });
});

describe('an answer that leaves the question open', () => {
  test.each([
    [500, /asked inventory.project, and it answered 500\./],
    [429, /takes no more requests .* \(429\)/],
  ])('%d says so', (status, words) => {
    expect(unusable(question, answered(status)).code).toBe('upstream_unavailable');
    expect(unusable(question, answered(status)).message).toMatch(words);
  });
  test.each([
    ['7', 7],
    ['0', 1],
    ['3601', 3600],
    ['999999', 3600],
    ['1000000', undefined],
    ['-1', undefined],
    ['7.5', undefined],
    ['7, 9', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['', undefined],
  ])('Retry-After: %s is %s seconds', (value, seconds) => {
    expect(unusable(question, answered(503, '', { 'retry-after': value })).extras.retry_after).toBe(seconds);
  });
});

describe('the JSON of an answer', () => {
  test('is read, also what is rounded', () => {
    expect(readJson(question, answered(200, '{"a":[1,12345678901234567890]}'))).toEqual({
      a: [1, 12_345_678_901_234_567_000],
    });
  });
  test.each(['', '<html>', '{"a":1,"a":2}', '{"a":1', `${'['.repeat(65)}${']'.repeat(65)}`])(
    'is none where two readers could read it differently: %j',
    (text) => {
      expect(() => readJson(question, answered(200, text))).toThrow(/its answer could not be read/);
    },
  );
});
