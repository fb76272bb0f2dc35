/** Server-sent events (the WHATWG's HTML standard, section 9.2), no faster than they are read. */
import type { Socket } from 'node:net';
import { type EventReader, streamedEventSchema } from '@writ/api';

/** How often a stream in which nothing happens says that it is there: proxies end what is silent. In milliseconds. */
const HEARTBEAT = 15_000;

/** How long a reader that has taken what was sent may wait before it comes again, in milliseconds. */
const RETRY = 2_000;

/** A stream's events, and the signal that it is over. */
interface Events extends EventReader {
  readonly ended: AbortSignal;
}

/**
 * Writes events as they come. At most one waits here. When the stream is over its socket is ended, since a reader that takes nothing
 * would keep it.
 */
export function eventStream(
  events: unknown,
  socket: Pick<Socket, 'destroy' | 'once' | 'destroyed'>,
): ReadableStream<Uint8Array> {
  if (!isEvents(events)) throw new TypeError('the handler of a stream returns events');
  const iterator = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<unknown, unknown>> | undefined;
  let begun = false;
  let heartbeat: NodeJS.Timeout | undefined;
  events.ended.addEventListener('abort', () => void setTimeout(() => socket.destroy(), 1_000).unref());
  // A reader that went before anything was written cancels nothing.
  const leave = (): void => void iterator.return?.();
  if (socket.destroyed) leave();
  else socket.once('close', leave);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!begun) {
        begun = true;
        controller.enqueue(encoder.encode(`id: ${events.resumeAfter() ?? 0}\nretry: ${RETRY}\n\n`));
        return;
      }
      next ??= iterator.next();
      const silence = new Promise<undefined>((resolve) => {
        heartbeat = setTimeout(() => resolve(undefined), HEARTBEAT);
      });
      try {
        const result = await Promise.race([next, silence]);
        if (result === undefined) {
          controller.enqueue(encoder.encode(':\n\n'));
          return;
        }
        next = undefined;
        if (result.done) controller.close();
        else controller.enqueue(encoder.encode(frame(result.value)));
      } catch {
        // The database was lost: the reader comes again, and misses nothing.
        await iterator.return?.();
        controller.close();
      } finally {
        clearTimeout(heartbeat);
      }
    },
    async cancel() {
      clearTimeout(heartbeat);
      await iterator.return?.();
    },
  });
}

/** An event as it is sent. What the table does not name is dropped; JSON holds no line break. */
function frame(event: unknown): string {
  const shown = streamedEventSchema.parse(event);
  return `id: ${shown.id}\nevent: ${shown.kind}\ndata: ${JSON.stringify(shown)}\n\n`;
}

function isEvents(value: unknown): value is Events {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'ended' in value;
}
