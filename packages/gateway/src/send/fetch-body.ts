import { WritError } from '@writ/core';
import type { Answer } from '@writ/providers';
import type { Dispatch } from './dial.ts';
import type { UpstreamHeaders } from './response-headers.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** An answer that was read whole. */
export interface WholeAnswer extends Answer {
  readonly body: Buffer;
}

/** The longest time of an answer in milliseconds, and its longest body in bytes. */
export interface AnswerLimits {
  readonly most_ms: number;
  readonly most_bytes: number;
}

const LIMITS: AnswerLimits = { most_ms: 20_000, most_bytes: 16 * 1024 * 1024 };

/**
 * Sends one request and reads its answer whole. Never follows a redirect. Throws `WritError` (`upstream_unavailable`) if no answer comes,
 * or if it breaks off, is too long, or has an encoding that was not asked for.
 */
export function fetchBody(
  dispatch: Dispatch,
  { target, options }: UpstreamRequest,
  limits: AnswerLimits = LIMITS,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: Answer['headers'] = new Map();
    let size = 0;
    let abort: (reason: Error) => void = () => undefined;
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      const detail = `The provider could not be asked: ${why}.`;
      reject(new WritError('upstream_unavailable', cause === undefined ? { detail } : { detail, cause }));
      abort(new Error(why));
    };
    const timer = setTimeout(() => fail('it did not answer in time'), limits.most_ms);
    dispatch(target, options, {
      onRequestStart: (controller) => {
        abort = (reason) => controller.abort(reason);
      },
      onResponseStart: (_controller, code, given) => {
        status = code;
        headers = headersOf(given);
        const encoding = headers.get('content-encoding');
        if (encoding !== undefined && encoding !== 'identity')
          fail('it answered in an encoding that was not asked for');
      },
      onResponseData: (_controller, chunk) => {
        size += chunk.length;
        if (size > limits.most_bytes) fail('its answer is too long');
        else chunks.push(chunk);
      },
      onResponseEnd: () => {
        clearTimeout(timer);
        resolve({ status, headers, body: Buffer.concat(chunks, size) });
      },
      onResponseError: (_controller, error) => fail('it could not be reached', error),
    });
  });
}

/**
 * Returns the headers, repeated ones joined. Cookies are left out: they cannot be joined (RFC 6265 section 3), and no question needs them.
 */
function headersOf(given: UpstreamHeaders): ReadonlyMap<string, string> {
  const headers = Object.entries(given).filter(([name, value]) => value !== undefined && name !== 'set-cookie');
  return new Map(headers.map(([name, value]) => [name, [value].flat().join(', ')]));
}
