import { describe, expect, test } from 'vitest';
import { createBrokerClock } from './clock.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const date = (ms: number): string => new Date(ms).toUTCString();

describe('the page goes by the clock of the broker', () => {
  test('a clock that is right is not moved, whatever part of a second Date leaves out', () => {
    const clock = createBrokerClock();
    for (const part of [0, 400, 999]) clock.heard(date(NOON + part), NOON + part - 20, NOON + part + 20);
    expect(clock.at(NOON)).toBe(NOON);
  });

  test.each([-3 * 3_600_000, -90_000, 40_000, 2 * 86_400_000])('a clock that is %i ms off is put right', (off) => {
    const clock = createBrokerClock();
    clock.heard(date(NOON), NOON + off - 20, NOON + off + 20);
    expect(Math.abs(clock.at(NOON + off) - NOON)).toBeLessThanOrEqual(1_020);
  });

  test('one that is put right meanwhile is followed', () => {
    const clock = createBrokerClock();
    clock.heard(date(NOON), NOON + 90_000, NOON + 90_040);
    clock.heard(date(NOON), NOON - 20, NOON + 20);
    expect(Math.abs(clock.at(NOON) - NOON)).toBeLessThanOrEqual(1_020);
  });

  test.each([null, 'soon'])('an answer that says no time (%s) changes nothing', (said) => {
    const clock = createBrokerClock();
    clock.heard(said, NOON, NOON);
    expect(clock.at(NOON)).toBe(NOON);
  });
});
