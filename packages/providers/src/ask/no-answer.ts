/** The refusal of a call about which the provider gave no answer. */
import { defined, WritError } from '@writ/core';

/**
 * The refusal where the provider gave no answer, or one that contradicts itself or the question. It is worth asking again, since the ids
 * are not what is wrong. It says why, where the cause does; a root credential that is not accepted is for an administrator to replace. `title`
 * is the provider's name.
 */
export function noAnswerFrom(title: string, what: string, cause?: unknown): WritError {
  if (!(cause instanceof WritError)) {
    const detail = `${title} gave no usable answer about ${what}.`;
    return new WritError('environment_unresolved', { detail, retry_after: 5, ...defined({ cause }) });
  }
  const after = isRejected(cause) ? { ask_human: true as const } : { retry_after: cause.extras.retry_after ?? 5 };
  return new WritError('environment_unresolved', { detail: cause.message, ...after, cause });
}

/** Tells whether an error says that the provider does not accept the root credential. */
export function isRejected(error: unknown): boolean {
  if (!(error instanceof WritError)) return false;
  return error.code === 'credential_rejected' || isRejected(error.cause);
}

/** Tells whether an error means that the provider answered nothing usable; any other error is a fault of Writ's own. */
export function isSilence(error: unknown): boolean {
  return !(error instanceof WritError) || isRejected(error) || error.code === 'upstream_unavailable';
}
