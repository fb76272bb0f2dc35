import { WritError } from '@writ/core';
import type { AuditEvent } from '@writ/store';
import { describe, expect, test } from 'vitest';
import { createRefusalCounter } from './refusals.ts';

/** A counter with a clock that tests move, on a log that can be away. */
function setUp() {
  const state = { now: 1_800_000_000_000, away: false };
  const events: AuditEvent[] = [];
  const append = async (event: AuditEvent) => {
    await Promise.resolve();
    if (state.away) throw new WritError('unavailable');
    events.push(event);
    return { seq: events.length, hash: '', written: 'event', stale: [] } as const;
  };
  const counter = createRefusalCounter({ audit: { append }, now: () => state.now });
  const refuse = (address: string, reason = 'signature') =>
    counter.count(address, { kind: 'request.refused', result: 'invalid_token', data: { reason } });
  const counted = () => events.filter(({ kind }) => kind === 'refusals.counted').map(({ data = {} }) => data);
  return { state, events, counter, refuse, counted };
}

describe('refusals of strangers', () => {
  test('from one address are a few events a minute, which say how many, when and why', async () => {
    const { state, events, counter, refuse, counted } = setUp();
    for (let i = 0; i < 10_000; i += 1) {
      state.now += 5;
      await refuse('192.0.2.1', i % 2 === 0 ? 'signature' : 'exp');
    }
    expect(events.map(({ data }) => data?.['reason'])).toEqual(['signature', 'exp', 'signature', 'exp', 'signature']);
    state.now += 60_000;
    await counter.flush();
    await counter.flush();
    expect(counted()).toEqual([
      {
        network: '192.0.2.1',
        first_seen: '2027-01-15T08:00:00.005Z',
        last_seen: '2027-01-15T08:00:50.000Z',
        count: 10_000,
        recorded_apart: 5,
        refusals: [
          { kind: 'request.refused', result: 'invalid_token', reason: 'signature', count: 5000 },
          { kind: 'request.refused', result: 'invalid_token', reason: 'exp', count: 5000 },
        ],
      },
    ]);
  });

  test('that all stand in the log by themselves are not counted besides', async () => {
    const { state, events, counter, refuse } = setUp();
    await refuse('192.0.2.1');
    state.now += 60_000;
    await counter.flush();
    expect(events).toHaveLength(1);
  });

  test('of one IPv6 network are one count, from any of its addresses', async () => {
    const { counter, refuse, counted } = setUp();
    for (let i = 0; i < 300; i += 1) await refuse(`2001:db8:1:2::${i.toString(16)}`);
    await counter.close();
    expect(counted()).toMatchObject([{ network: '2001:db8:1:2::/64', count: 300, recorded_apart: 5 }]);
  });

  test('of many addresses and of many kinds stay bounded, and none goes uncounted', async () => {
    const { events, counter, refuse, counted } = setUp();
    for (let i = 0; i < 5000; i += 1) await refuse(`10.0.${i >> 8}.${i & 255}`, `reason ${i}`);
    for (let i = 0; i < 500; i += 1) await refuse('10.0.0.1', `reason ${i}`);
    const atOnce = events.length;
    expect(atOnce).toBeLessThanOrEqual(120);
    await counter.close();
    expect(events.length - atOnce).toBeLessThanOrEqual(101);
    const total = counted().reduce(
      (sum, { count, recorded_apart }) => sum + Number(count) - Number(recorded_apart),
      atOnce,
    );
    expect(total).toBe(5500);
    expect(counted().find(({ networks }) => networks !== undefined)).toMatchObject({ networks: 4900, count: 4900 });
  });

  test('while the database is away are kept, bounded, and written once it is back', async () => {
    const { state, counter, refuse, counted } = setUp();
    await refuse('192.0.2.1');
    state.away = true;
    for (let minute = 0; minute < 30; minute += 1) {
      state.now += 60_000;
      for (let i = 0; i < 90; i += 1) await refuse(`10.0.0.${i}`, `${minute}`).catch(() => undefined);
      await counter.flush();
    }
    state.away = false;
    await counter.close();
    expect(counted().length).toBeLessThanOrEqual(1000 + 90);
    expect(counted().reduce((sum, { count }) => sum + Number(count), 0)).toBe(30 * 90);
  });
});
