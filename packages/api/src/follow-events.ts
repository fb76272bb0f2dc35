import { ApiError } from './client.ts';
import type { EventReader, StreamedEvent } from './schemas/events.ts';

/** How events are followed: how a stream is opened, how long (ms) to wait before the next attempt, and when to end. */
export interface Following {
  readonly open: (after: number | undefined) => Promise<EventReader>;
  readonly wait: (ms: number) => Promise<void>;
  readonly after?: number;
  /** Once it is aborted no stream is opened any more, and the events end. */
  readonly signal?: AbortSignal;
}

const LONGEST = 30_000;

/**
 * Reads events until `signal` is aborted, without a gap: a stream that has ended is opened again after the last event. Throws the `ApiError` of an
 * answer that will not be another next time, such as `unauthenticated`.
 */
export async function* followEvents({ open, wait, after, signal }: Following): AsyncGenerator<StreamedEvent> {
  let last = after;
  for (let pause = 1_000; !signal?.aborted; pause = Math.min(2 * pause, LONGEST)) {
    let reader: EventReader | undefined;
    try {
      reader = await open(last);
      for await (const event of reader) {
        if (signal?.aborted) return;
        pause = 1_000;
        yield event;
      }
    } catch (error) {
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error;
    }
    if (signal?.aborted) return;
    last = reader?.resumeAfter() ?? last;
    await wait(pause);
  }
}
