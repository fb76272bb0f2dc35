import { linesOf } from '@writ/core';
import { type EventReader, type StreamedEvent, streamedEvent } from './schemas/events.ts';

/** Reads the events of an answer as they come. */
export function readEvents(response: Response): EventReader {
  let last: number | undefined;
  async function* read(): AsyncGenerator<StreamedEvent> {
    for await (const line of linesOf(response.body ?? [], brokenOff)) {
      if (line.startsWith('id: ')) last = Number(line.slice(4));
      if (line.startsWith('data: ')) yield streamedEvent.parse(JSON.parse(line.slice(6)));
    }
  }
  return { resumeAfter: () => last, [Symbol.asyncIterator]: read };
}

function brokenOff(): Error {
  return new Error('The stream of events was broken off.');
}
