/** A provider that gave no answer: what the refusal of a call says then. */
import { defined, WritError } from '@writ/core';

/**
 * The refusal for no answer, or one that contradicts itself or what was asked: worth asking again, since the ids are not what is wrong.
 * Says why, where the cause does; a root token that is not accepted is for an administrator to replace. `title` is the provider's name.
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

/** Tells whether an error is one that asking gives where the provider answered nothing usable: any other is a fault of Writ's own. */
export function isSilence(error: unknown): boolean {
  return !(error instanceof WritError) || isRejected(error) || error.code === 'upstream_unavailable';
}
