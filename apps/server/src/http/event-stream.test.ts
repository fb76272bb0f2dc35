import { expect, test } from 'vitest';
import { eventStream } from './event-stream.ts';

/** Events without end, and how many of them were taken. */
function endless() {
  const over = new AbortController();
  const taken = { count: 0, returned: false };
  const next = async () => {
    taken.count += 1;
    return {
      done: false as const,
      value: { id: taken.count, at: '2026-01-01T00:00:00Z', kind: 'task.ended', data: 'x' },
    };
  };
  const ended = async () => {
    taken.returned = true;
    return { done: true as const, value: undefined };
  };
  const events = { ended: over.signal, resumeAfter: () => 0, [Symbol.asyncIterator]: () => ({ next, return: ended }) };
  return { events, taken, over };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

test('events wait where they come from until they are read; what the table does not name is dropped', async () => {
  const { events, taken } = endless();
  const reader = eventStream(events, {
    destroyed: false,
    once: () => undefined as never,
    destroy: () => expect.unreachable() as never,
  }).getReader();
  for (let at = 0; at < 50; at += 1) await turns();
  expect(taken.count).toBeLessThanOrEqual(1);
  const text = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await text()).toBe('id: 0\nretry: 2000\n\n');
  expect(await text()).toBe(
    'id: 1\nevent: task.ended\ndata: {"id":1,"at":"2026-01-01T00:00:00Z","kind":"task.ended"}\n\n',
  );
  for (let at = 0; at < 50; at += 1) await turns();
  expect(taken.count).toBeLessThanOrEqual(3);
  await reader.cancel();
  expect(taken.returned).toBe(true);
});

test('a stream that is over takes its socket along, for nobody may read it', async () => {
  const { events, over } = endless();
  await new Promise<void>((done) => {
    const socket = { destroyed: false, once: () => undefined as never, destroy: () => done() as never };
    eventStream(events, socket);
    over.abort();
  });
});

test('a reader that has gone before anything was written leaves its place', () => {
  const { events, taken } = endless();
  eventStream(events, { destroyed: true, once: () => undefined as never, destroy: () => undefined as never });
  expect(taken.returned).toBe(true);
});
