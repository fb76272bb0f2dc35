import { WritError } from '@writ/core';
import type { Dispatch } from './dial.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** Seconds, where the answer says when to come back (RFC 9110 section 10.2.3, the number alone). */
  readonly retry_after?: number;
}

/** How long an answer may take, milliseconds, and how long it may be, bytes. */
export interface AnswerLimits {
  readonly most_ms: number;
  readonly most_bytes: number;
}

const LIMITS: AnswerLimits = { most_ms: 20_000, most_bytes: 16 * 1024 * 1024 };

/**
 * Sends one request and reads its answer whole. Never follows a redirect. Throws `WritError` (`upstream_unavailable`) for silence,
 * an answer that breaks off, is too long, or comes in an encoding that was not asked for.
 */
export function fetchBody(
  dispatch: Dispatch,
  { target, options }: UpstreamRequest,
  limits: AnswerLimits = LIMITS,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let retry_after: number | undefined;
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
      onResponseStart: (_controller, code, headers) => {
        status = code;
        retry_after = secondsOf(headers['retry-after']);
        const encoding = headers['content-encoding'];
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
        resolve({ status, body: Buffer.concat(chunks, size), ...(retry_after === undefined ? {} : { retry_after }) });
      },
      onResponseError: (_controller, error) => fail('it could not be reached', error),
    });
  });
}

const MOST_WAIT_S = 3_600;

function secondsOf(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string' || !/^\d{1,6}$/.test(header)) return undefined;
  return Math.min(Math.max(Number(header), 1), MOST_WAIT_S);
}
