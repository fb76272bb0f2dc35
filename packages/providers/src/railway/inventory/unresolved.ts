import { WritError } from '@writ/core';

/** The refusal of DESIGN 6: it could not be established which environments a call reaches. `why` is one sentence, public. */
export function unresolved(why: string, cause?: unknown): WritError {
  return new WritError('environment_unresolved', { detail: why, ...(cause === undefined ? {} : { cause }) });
}

/** No answer, or one that contradicts itself or what was asked: worth asking again, since the ids are not what is wrong. */
export function noAnswer(what: string, cause?: unknown): WritError {
  return new WritError('environment_unresolved', {
    detail: `Railway gave no usable answer about ${what}.`,
    retry_after: 5,
    ...(cause === undefined ? {} : { cause }),
  });
}
