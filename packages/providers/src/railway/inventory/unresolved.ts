import { defined, WritError } from '@writ/core';

/**
 * No answer, or one that contradicts itself or what was asked: worth asking again, since the ids are not what is wrong. Says why,
 * where the cause does; a root token that is not accepted is for an administrator to replace.
 */
export function noAnswer(what: string, cause?: unknown): WritError {
  if (!(cause instanceof WritError)) {
    const detail = `Railway gave no usable answer about ${what}.`;
    return new WritError('environment_unresolved', {
      detail,
      retry_after: 5,
      ...defined({ cause }),
    });
  }
  const after = isRejected(cause) ? { ask_human: true as const } : { retry_after: cause.extras.retry_after ?? 5 };
  return new WritError('environment_unresolved', { detail: cause.message, ...after, cause });
}

/** Railway answers 200, but does not know the root token: so it says to each question of who that is. */
export function rejectedToken(): WritError {
  return new WritError('credential_rejected', {
    detail:
      'Railway does not accept the root token of this connection: it is wrong, was deleted, or is of another kind than was said. An administrator must replace it.',
  });
}

/** Tells whether an error says that the provider does not accept the root credential. */
export function isRejected(error: unknown): boolean {
  if (!(error instanceof WritError)) return false;
  return error.code === 'credential_rejected' || isRejected(error.cause);
}
