import type { Assertion, AssertionKind } from '@writ/api';
import { WritError } from '@writ/core';
import { getUser } from '@writ/store';
import { takeAttemptFor } from '../attempts/take.ts';
import { record } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';

/**
 * Checks a person's proof for one change, made in that very request, and returns its kind. Throws `assertion_required` for a wrong one and
 * `too_many_attempts`; the failure is recorded. The change's own audit event follows in its transaction.
 */
export async function checkAssertion(
  ctx: Ctx<UserActor>,
  input: { readonly assertion: Assertion; readonly route: string },
): Promise<AssertionKind> {
  const { organization_id, actor } = ctx;
  const right = await takeAttemptFor(ctx, { kind: 'assertion', session_id: actor.session_id });
  const user = await getUser(ctx.store.db, { organization_id, id: actor.user_id });
  if (!(await ctx.hashing.verify(input.assertion.password, user?.password_hash ?? undefined))) {
    await record(ctx, { kind: 'assertion.refused', result: 'assertion_required', data: { route: input.route } });
    throw new WritError('assertion_required', { detail: 'The password is wrong. Nothing was changed.' });
  }
  await right();
  return 'password';
}
