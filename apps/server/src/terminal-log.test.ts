import { expect, test } from 'vitest';
import { createLog } from './logger.ts';
import { forPeople } from './terminal-log.ts';

function shown(work: (log: ReturnType<typeof createLog>) => void): string[] {
  let text = '';
  work(createLog(forPeople((line) => (text += line))));
  return text.trimEnd().split('\n');
}

test('a request is one short line for people', () => {
  const fields = { request_id: 'req_1', route: 'clients.create', method: 'POST', status: 201, duration_ms: 34 };
  expect(shown((log) => log.info('request', fields))).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d {2}201 {2}clients\.create +34 ms$/),
  ]);
  const actor = `user:usr_${'0'.repeat(26)}`;
  const [long = ''] = shown((log) => log.info('request', { ...fields, route: 'connections.credential', actor }));
  expect(long).toMatch(/ usr_0{26}$/);
  expect(long.length).toBeLessThanOrEqual(80);
  const refused = { ...fields, route: 'gateway railway', status: 403, code: 'guardrail_denied' };
  expect(shown((log) => log.info('request', refused))[0]).toMatch(
    / 403 {2}gateway railway +34 ms {2}guardrail_denied$/,
  );
});

test('a warning and an error say what and where, on lines of their own', () => {
  expect(shown((log) => log.warn('setting_ignored', { reason: 'WRIT_PROT is no setting' }))[0]).toMatch(
    / Warning: WRIT_PROT is no setting$/,
  );
  const lines = shown((log) => log.error('request_failed', new TypeError('fake-secret'), { request_id: 'req_1' }));
  expect(lines[0]).toMatch(/ERROR {2}request failed$/);
  expect(lines.slice(0, 3).join('\n')).toMatch(/TypeError\n +at /);
  expect(lines.join('\n')).not.toContain('fake-secret');
});

test('nothing a request says acts on the terminal or makes a line of its own', () => {
  const lines = shown((log) => log.info('request', { route: 'gateway a\n\u001b[31m\u202e', status: 404 }));
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('a flood is counted, and errors are shown all the same', () => {
  let text = '';
  const stream = forPeople((line) => (text += line));
  const entry = {
    level: 30,
    event: 'request',
    route: 'x',
    status: 401,
    duration_ms: 1,
    time: '2026-01-01T00:00:00.000Z',
  };
  for (let count = 0; count < 1000; count += 1) stream.write(JSON.stringify(entry));
  stream.write(JSON.stringify({ ...entry, level: 50, event: 'crashed' }));
  stream.write(JSON.stringify({ ...entry, time: '2026-01-01T00:00:01.000Z' }));
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(23);
  expect(lines.slice(20)).toEqual([
    expect.stringContaining('ERROR  crashed'),
    expect.stringMatching(/^ +and 980 more lines$/),
    expect.stringContaining('401  x'),
  ]);
});
