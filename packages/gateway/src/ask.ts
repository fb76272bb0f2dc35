/** Writ's own questions to a provider: the same credential, connector and origin check as a forwarded request, the answer read whole. */
import { type Authorized, WritError } from '@writ/core';
import type { Dispatcher } from 'undici';
import type { Dispatch } from './dial.ts';
import { searcherFor } from './echo-guard.ts';
import type { Credential } from './ports.ts';
import { type UpstreamAddress, upstreamRequest } from './upstream-request.ts';

/** An answer, whole. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** A question that may be asked: an `Authorized` of the kind `read`, and the credential it opened. */
export interface UpstreamQuestion {
  readonly address: UpstreamAddress;
  readonly authorized: Authorized;
  readonly credential: Credential;
}

/** The longest answer that is read, bytes. */
const MOST = 32 * 1024 * 1024;

/**
 * Asks once and returns the answer, whatever its status. Throws `WritError('upstream_unavailable')` for silence, an answer
 * that is too long or encoded, or one that holds the root credential.
 */
export async function askUpstream(dispatch: Dispatch, question: UpstreamQuestion): Promise<UpstreamAnswer> {
  const { target, options } = upstreamRequest(question.address, question);
  const answer = await new Promise<UpstreamAnswer>((done, fail) => {
    try {
      dispatch(target, options, collecting(done, fail));
    } catch (error) {
      fail(error);
    }
  }).catch((cause: unknown) => {
    throw new WritError('upstream_unavailable', { cause });
  });
  if (searcherFor(question.credential.secret).found(answer.body)) {
    throw new WritError('upstream_unavailable', { detail: "The provider's answer held the root credential." });
  }
  return answer;
}

function collecting(done: (answer: UpstreamAnswer) => void, fail: (error: Error) => void): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let size = 0;
  let status = 0;
  return {
    onRequestStart: () => undefined,
    onResponseStart: (controller, code, headers) => {
      status = code;
      const encoding = headers['content-encoding'] ?? 'identity';
      if (code >= 200 && encoding !== 'identity') controller.abort(new Error('the answer is encoded'));
    },
    onResponseData: (controller, chunk) => {
      size += chunk.length;
      if (size > MOST) controller.abort(new Error('the answer is too long'));
      else chunks.push(chunk);
    },
    onResponseEnd: () => done({ status, body: Buffer.concat(chunks, size) }),
    onResponseError: (_controller, error) => fail(error),
  };
}
