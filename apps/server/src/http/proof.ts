import { type AssertionKind, assertionSchema, type Route } from '@writ/api';
import type { Asserted, Ctx, UserActor } from '@writ/broker';
import { WritError } from '@writ/core';

/** Checks a person's proof for one change, and tells its kind; throws `assertion_required` or `too_many_attempts`, and records the attempt. */
export type CheckAssertion = (ctx: Ctx<UserActor>, input: Asserted) => Promise<AssertionKind>;

/** A proof as it came, with what it came for. */
interface OfferedProof {
  readonly ctx: Ctx;
  readonly assertion: unknown;
  /** The route's id. */
  readonly route: string;
  /** Exactly what was sent, so that a passkey's proof is good for nothing else. */
  readonly change: Asserted['change'];
}

/** Checks a proof that was offered. Throws `assertion_required` also where its form is none, or no person asks. */
export async function checkProof(check: CheckAssertion, offered: OfferedProof): Promise<AssertionKind> {
  const { ctx, assertion, route, change } = offered;
  const { actor } = ctx;
  if (actor.kind !== 'user') throw new WritError('assertion_required');
  const parsed = assertionSchema.safeParse(assertion);
  if (parsed.success) return await check({ ...ctx, actor }, { assertion: parsed.data, route, change });
  throw new WritError('assertion_required', {
    detail: 'The assertion must be {"password": "..."}, or {"passkey": ...} as the browser answers it.',
  });
}

/** The refusal where a proof is wanted and none came. */
export function missingProof({ guard }: Route): WritError {
  const isRecent = guard.kind === 'user' && guard.proof === 'recent';
  return new WritError(isRecent ? 'recent_sign_in_required' : 'assertion_required');
}
