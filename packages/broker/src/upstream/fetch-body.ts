import { WritError } from '@writ/core';
import type { Dispatch, UpstreamRequest } from '@writ/gateway';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** The longest an answer may take, ms, and be, bytes. */
const MOST_MS = 20_000;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Sends one request and reads its answer whole. Never follows a redirect. Throws `WritError` (`upstream_unavailable`) for silence,
 * an answer that breaks off, is too long, or comes in an encoding that was not asked for.
 */
export function fetchBody(dispatch: Dispatch, { target, options }: UpstreamRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let size = 0;
    let abort: (reason: Error) => void = () => undefined;
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      const detail = `The provider could not be asked: ${why}.`;
      reject(new WritError('upstream_unavailable', cause === undefined ? { detail } : { detail, cause }));
      abort(new Error(why));
    };
    const timer = setTimeout(() => fail('it did not answer in time'), MOST_MS);
    dispatch(target, options, {
      onRequestStart: (controller) => {
        abort = (reason) => controller.abort(reason);
      },
      onResponseStart: (_controller, code, headers) => {
        status = code;
        const encoding = headers['content-encoding'];
        if (encoding !== undefined && encoding !== 'identity')
          fail('it answered in an encoding that was not asked for');
      },
      onResponseData: (_controller, chunk) => {
        size += chunk.length;
        if (size > MOST_BYTES) fail('its answer is too long');
        else chunks.push(chunk);
      },
      onResponseEnd: () => {
        clearTimeout(timer);
        resolve({ status, body: Buffer.concat(chunks, size) });
      },
      onResponseError: (_controller, error) => fail('it could not be reached', error),
    });
  });
}
