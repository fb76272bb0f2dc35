import type { AssertionKind } from '@writ/api';
import { WritError } from '@writ/core';
import type { Ctx, UserActor } from '../context.ts';

/** The kind of the assertion with which it is asked. Throws `assertion_required` where there was none: the route's guard is not all (invariant 10). */
export function assertedBy({ asserted }: Ctx<UserActor>): AssertionKind {
  if (asserted === undefined) throw new WritError('assertion_required');
  return asserted;
}
