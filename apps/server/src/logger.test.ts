import { WritError } from '@writ/core';
import { expect, test } from 'vitest';
import { createLog } from './logger.ts';

function lines(work: (log: ReturnType<typeof createLog>) => void): { text: string; parsed: Record<string, unknown>[] } {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  work(createLog({ write }));
  return {
    text,
    parsed: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

test('a line has the listed fields and nothing else', () => {
  const { parsed } = lines((log) =>
    log.info('request', { route: 'me.get', status: 200, body: 'fake-secret', authorization: 'fake' }),
  );
  expect(Object.keys(parsed[0] ?? {}).sort()).toEqual(['event', 'level', 'route', 'status', 'time']);
});

test('of an error only name, code and frames are written: never its text, its members or those of its cause', () => {
  const cause = Object.assign(new SyntaxError('Unexpected token in fake-secret-1'), {
    query: 'fake-secret-2',
    code: 'E_X',
  });
  const error = Object.assign(new WritError('internal', { detail: 'fake-secret-3', cause }), {
    params: ['fake-secret-4'],
  });
  const { text, parsed } = lines((log) => log.error('request_failed', error, { request_id: 'req_1' }));
  expect(text).not.toContain('fake-secret');
  expect(parsed[0]).toMatchObject({
    request_id: 'req_1',
    error: { name: 'WritError', code: 'internal', cause: { name: 'SyntaxError', code: 'E_X' } },
  });
  expect(text).toContain('logger.test.ts');
});

test('what was thrown and is no error says only its type', () => {
  const { text } = lines((log) => log.error('crashed', 'fake-secret'));
  expect(text).toContain('"error":{"name":"string"}');
});

test('control characters cannot forge a line or colour a terminal', () => {
  const { text } = lines((log) => log.warn('gateway', { reason: 'a\n{"level":60}\u001b[31m\u202e' }));
  expect(text.trim().split('\n')).toHaveLength(1);
  expect(['\u001b', '\u202e'].some((one) => text.includes(one))).toBe(false);
});
