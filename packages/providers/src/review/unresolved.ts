import { defined, WritError } from '@writ/core';

/**
 * The refusal `environment_unresolved` (model#reach): it could not be established which environments a call reaches. `why` is one public
 * sentence.
 */
export function unresolved(why: string, cause?: unknown): WritError {
  return new WritError('environment_unresolved', { detail: why, ...defined({ cause }) });
}
