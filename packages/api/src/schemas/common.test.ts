import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { time } from './common.ts';

describe('a moment', () => {
  test.each([
    ['2026-11-22T12:00:00Z', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T12:00:00.5Z', '2026-11-22T12:00:00.500Z'],
    ['2026-11-22T13:00:00+01:00', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T08:30:00.123-03:30', '2026-11-22T12:00:00.123Z'],
    ['2026-11-22t12:00:00z', '2026-11-22T12:00:00.000Z'],
    // As a plus sign arrives that was not escaped in a query.
    ['2026-11-22T13:00:00 01:00', '2026-11-22T12:00:00.000Z'],
  ])('%s is %s', (text, utc) => {
    expect(new Date(time.parse(text)).toISOString()).toBe(utc);
  });

  test.each([
    '',
    'yesterday',
    '2026-11-22',
    '2026-11-22 12:00:00Z',
    '2026-11-22T12:00:00',
    '2026-11-22T12:00Z',
    '2026-02-30T12:00:00Z',
    '2026-11-22T12:00:00+25:00',
    '2026-11-22T12:00:00 1:00',
    // No database holds these.
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
  ])('%j is none, and one sentence says so', (text) => {
    const { error } = time.safeParse(text);
    expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringMatching(/^must /)]);
  });

  test('is date-time in the document', () => {
    expect(z.toJSONSchema(time, { io: 'input' })).toMatchObject({ type: 'string', format: 'date-time' });
  });
});
