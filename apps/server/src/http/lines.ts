const CHUNK = 64 * 1024;

/**
 * Streams lines as they come, a chunk at a time and no faster than they are read. When the source fails the stream is broken off,
 * so that half a log is never taken for a whole one.
 */
export function linesStream(lines: unknown, onError: (error: unknown) => void): ReadableStream<Uint8Array> {
  if (!isAsyncIterable(lines)) throw new TypeError('the handler of a stream returns lines');
  const iterator = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { text, done } = await nextChunk(iterator);
        if (text !== '') controller.enqueue(encoder.encode(text));
        if (done) controller.close();
      } catch (error) {
        onError(error);
        controller.error(new Error('the stream was broken off'));
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

async function nextChunk(iterator: AsyncIterator<unknown>): Promise<{ readonly text: string; readonly done: boolean }> {
  let text = '';
  while (text.length < CHUNK) {
    const { value, done } = await iterator.next();
    if (done) return { text, done: true };
    text += `${value}\n`;
  }
  return { text, done: false };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
