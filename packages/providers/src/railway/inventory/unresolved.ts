import { WritError } from '@writ/core';
import { noAnswerFrom } from '../../ask/no-answer.ts';

/** The refusal where Railway gave no answer, or none that can be used, about `what`. */
export function noAnswer(what: string, cause?: unknown): WritError {
  return noAnswerFrom('Railway', what, cause);
}

/** Railway answers 200 and does not know the root credential. It says so only when it is asked whose the token is. */
export function rejectedToken(): WritError {
  return new WritError('credential_rejected', {
    detail:
      'Railway does not accept the root credential of this connection: it is wrong, was deleted, or is of another kind than was said. An administrator must replace it.',
  });
}
