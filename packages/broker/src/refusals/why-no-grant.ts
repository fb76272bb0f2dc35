import { ERROR_CODES, type ErrorCode, titleOf } from '@writ/core';
import type { RecordedRefusal } from './recorded.ts';

/** The codes of refusals that say that something was not granted. */
const LACKS: ReadonlySet<string> = new Set<ErrorCode>([
  'operation_not_granted',
  'environment_not_granted',
  'resource_not_granted',
  'argument_not_granted',
]);

/** Why no grant would have done; undefined where one would. */
export function whyNoGrant({ kind, result, data }: RecordedRefusal): string | undefined {
  if (kind === 'request.waiting') return 'It waits for a person or for its time: nothing is missing.';
  if (kind === 'token.refused')
    return data.asked === undefined ? `${data.detail ?? 'It was refused.'} No grant changes that.` : undefined;
  const limit = data.reasons.find(({ rule }) => rule === 'limit_reached' || rule === 'limit_uncountable');
  if (limit?.rule === 'limit_reached')
    return 'A limit of its grants is used up. It passes when the period of that ends, or when the limit is raised.';
  if (limit !== undefined) return 'A limit of its grants cannot count it: its argument is no whole number.';
  if (LACKS.has(result)) return undefined;
  if (result === 'stale') return 'What decided about it changed while it was judged: it can be sent again.';
  if (result === 'guardrail_denied') {
    const rule = data.reasons.find(({ guardrail }) => guardrail !== undefined)?.guardrail;
    const named = rule === undefined ? '' : ` (${rule.operations} in ${rule.environments})`;
    return `A guardrail forbids it${named}: no grant changes that. Only an owner loosens one.`;
  }
  const code = ERROR_CODES.find((each) => each === result);
  return `${data.detail ?? (code === undefined ? 'It was refused.' : titleOf(code))} No grant changes that.`;
}
