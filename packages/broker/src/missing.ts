import { WritError } from '@writ/core';

/** Makes the error (`not_found`) for a name or id that nothing of its kind has: `There is no grant grt_1.` */
export function missing(
  kind:
    | 'allowance'
    | 'approval'
    | 'change of guardrails or of an environment'
    | 'client'
    | 'connection'
    | 'grant'
    | 'hold'
    | 'notification'
    | 'passkey'
    | 'refusal'
    | 'task'
    | 'user',
  name: string,
): WritError {
  return new WritError('not_found', { detail: `There is no ${kind} ${name}.` });
}
