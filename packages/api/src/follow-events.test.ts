/** Following events ends with its signal: nothing asks the broker any more. */
import { expect, test } from 'vitest';
import { followEvents } from './follow-events.ts';

test('an aborted signal ends the events: while a stream is opened, and while it is waited for the next attempt', async () => {
  for (const abortIn of ['open', 'wait']) {
    const ended = new AbortController();
    let opened = 0;
    const open = async () => {
      opened += 1;
      if (opened > 3) throw new Error('It goes on.');
      if (abortIn === 'open') ended.abort();
      throw new TypeError('The network is down.');
    };
    const wait = async () => {
      if (opened > 2) throw new Error('It goes on.');
      if (abortIn === 'wait') ended.abort();
    };
    expect(await followEvents({ open, wait, signal: ended.signal }).next()).toEqual({ done: true, value: undefined });
    expect(opened).toBe(1);
  }
});
