import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { cachedWrapper } from './cached-wrapper.ts';
import type { KeyWrapper } from './key-wrapper.ts';
import { LocalKey } from './local-key.ts';

const local = new LocalKey(randomBytes(32), { randomBytes });
const context = { purpose: 'test', id: '1' };

function setUp(changes: { maxEntries?: number } = {}) {
  const state = { now: 0, unwrapped: 0 };
  const inner: KeyWrapper = {
    kekId: local.kekId,
    wrap: (dek, bound) => local.wrap(dek, bound),
    healthy: () => local.healthy(),
    unwrap: (wrapped, bound) => {
      state.unwrapped += 1;
      return local.unwrap(wrapped, bound);
    },
  };
  const wrapper = cachedWrapper(inner, { now: () => state.now, maxAgeMs: 1000, maxEntries: 10, ...changes });
  return { state, wrapper };
}

test('a data key is unwrapped once while it is fresh, and again when it is not', async () => {
  const { state, wrapper } = setUp();
  const dek = randomBytes(32);
  const wrapped = await wrapper.wrap(dek, context);
  for (const now of [0, 999, 1000]) {
    state.now = now;
    expect(Buffer.from(await wrapper.unwrap(wrapped, context)).equals(dek)).toBe(true);
  }
  expect(state.unwrapped).toBe(2);
});

test('zeroing what a caller got does not reach the cache', async () => {
  const { wrapper } = setUp();
  const dek = randomBytes(32);
  const wrapped = await wrapper.wrap(dek, context);
  for (let i = 0; i < 3; i += 1) {
    const got = await wrapper.unwrap(wrapped, context);
    expect(Buffer.from(got).equals(dek)).toBe(true);
    got.fill(0);
  }
});

test('a hit is bound to its context', async () => {
  const { wrapper } = setUp();
  const wrapped = await wrapper.wrap(randomBytes(32), context);
  await wrapper.unwrap(wrapped, context);
  await expect(wrapper.unwrap(wrapped, { ...context, id: '2' })).rejects.toThrow();
});

test('it keeps no more than it may, and nothing once cleared', async () => {
  const { state, wrapper } = setUp({ maxEntries: 2 });
  const all = await Promise.all([1, 2, 3].map(() => wrapper.wrap(randomBytes(32), context)));
  for (const wrapped of all) await wrapper.unwrap(wrapped, context);
  for (const wrapped of all.slice(1)) await wrapper.unwrap(wrapped, context);
  expect(state.unwrapped).toBe(3);
  wrapper.clear();
  for (const wrapped of all.slice(1)) await wrapper.unwrap(wrapped, context);
  expect(state.unwrapped).toBe(5);
});

test('more than five minutes is refused', () => {
  expect(() => cachedWrapper(local, { now: () => 0, maxAgeMs: 300_001, maxEntries: 1 })).toThrow(RangeError);
});
