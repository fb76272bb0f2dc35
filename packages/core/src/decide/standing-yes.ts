/** Where a human's standing yes, an allowance, would stand for the yes that a call needs (model#allowance). */
import type { ResolvedOperation } from '../request/pipeline.ts';
import type { Detail } from '../scope/detail.ts';
import { coverOperation, coversEnvironment, selectsOperation } from './cover.ts';
import type { Decision } from './decision.ts';

/** An operation of a call, and those of its environments for which guardrails want a yes. */
export interface WantedYes {
  readonly operation: ResolvedOperation;
  /** Slugs. */
  readonly environments: readonly string[];
}

/**
 * The operations of a decided call for which a yes is wanted, where a standing one may do. Empty where none may: nothing wants a yes, it takes
 * several people, the call is held too, or something is destroyed or escalated in a protected environment. `operations`: those that were
 * decided.
 */
export function wantedYeses(
  operations: readonly ResolvedOperation[],
  { result, approve, hold_minutes, quorum, pairs }: Decision,
): readonly WantedYes[] {
  if (result !== 'wait' || !approve || hold_minutes > 0 || quorum !== undefined) return [];
  const wanted: WantedYes[] = [];
  let at = 0;
  for (const operation of operations) {
    const own = pairs.slice(at, at + operation.environments.length);
    at += own.length;
    const environments = own.filter((pair) => pair.approve).map(({ environment }) => environment);
    if (environments.length === 0) continue;
    if (isNeverStanding(operation)) return [];
    wanted.push({ operation, environments });
  }
  return wanted;
}

/** Whether no standing yes is ever good for this operation, where it is. */
export function isNeverStanding({ effect, environments }: Pick<ResolvedOperation, 'effect' | 'environments'>): boolean {
  return neverStanding(effect) && environments.some(({ kind }) => kind === 'protected');
}

/** Whether no standing yes is ever good for this effect in a protected environment. */
export function neverStanding(effect: ResolvedOperation['effect']): boolean {
  return effect === 'destroy' || effect === 'escalate';
}

/** Whether one standing yes covers all of a call for which a yes is wanted: operations, environments, targets and conditions. */
export function standsFor(detail: Detail, connection: string, wanted: readonly WantedYes[]): boolean {
  return (
    wanted.length > 0 &&
    detail.connection === connection &&
    wanted.every(
      ({ operation, environments }) =>
        selectsOperation(detail, operation) &&
        environments.every((slug) => coversEnvironment(detail, slug)) &&
        coverOperation(detail, operation) === 'covered',
    )
  );
}
