import type { Assertion, AssertionKind, PasskeyProof } from '@writ/api';
import { WritError } from '@writ/core';
import { getUser } from '@writ/store';
import { takeAttemptFor } from '../attempts/take.ts';
import { record } from '../audit/record.ts';
import type { Ctx, UserActor } from '../context.ts';
import type { AskedChange } from '../webauthn/challenges.ts';
import { type ProofProblem, proveByPasskey, recordCopy } from '../webauthn/prove.ts';

/** What is asserted: by which proof, on which route, and exactly which change. */
export interface Asserted {
  readonly assertion: Assertion;
  readonly route: string;
  readonly change: AskedChange;
}

/**
 * Checks a person's proof for one change, made in that very request, and returns its kind. Throws `assertion_required` for a wrong one and
 * `too_many_attempts`; the failure is recorded. The change's own audit event follows in its transaction.
 */
export async function checkAssertion(ctx: Ctx<UserActor>, asserted: Asserted): Promise<AssertionKind> {
  const { assertion, route } = asserted;
  const right = await takeAttemptFor(ctx, { kind: 'assertion', session_id: ctx.actor.session_id });
  const by = 'passkey' in assertion ? 'passkey' : 'password';
  const problem =
    'passkey' in assertion
      ? await passkeyProblem(ctx, { proof: assertion.passkey, change: asserted.change })
      : await passwordProblem(ctx, assertion.password);
  if (problem !== undefined) {
    const { detail, reason } = problem;
    const data = { route, by, ...(reason !== undefined && { reason }) };
    await record(ctx, { kind: 'assertion.refused', result: 'assertion_required', data });
    throw new WritError('assertion_required', { detail: `${detail} Nothing was changed.` });
  }
  await right();
  return by;
}

interface Problem {
  readonly detail: string;
  readonly reason?: ProofProblem;
}

async function passwordProblem(ctx: Ctx<UserActor>, password: string): Promise<Problem | undefined> {
  const { organization_id, actor } = ctx;
  const user = await getUser(ctx.store.db, { organization_id, id: actor.user_id });
  const matches = await ctx.hashing.verify(password, user?.password_hash ?? undefined);
  return matches ? undefined : { detail: 'The password is wrong.' };
}

/** The proof must be one of this user, made for exactly this change, in this session. */
async function passkeyProblem(
  ctx: Ctx<UserActor>,
  { proof, change }: { readonly proof: PasskeyProof; readonly change: AskedChange },
): Promise<Problem | undefined> {
  const { session_id, user_id } = ctx.actor;
  const proven = await proveByPasskey(ctx, { proof, purpose: { for: 'change', session_id, change }, user_id });
  if (!('problem' in proven)) return undefined;
  const { problem: reason, passkey } = proven;
  if (reason === 'count' && passkey !== undefined) await recordCopy(ctx, { passkey, result: 'assertion_required' });
  return { detail: SENTENCES[reason], reason };
}

const SENTENCES: Readonly<Record<ProofProblem, string>> = {
  challenge: 'The passkey was asked for another change than this, in another session, or more than 5 minutes ago.',
  unknown: 'This passkey is not one of yours.',
  wrong: "The passkey's proof is wrong, or was made elsewhere, or without verifying you.",
  used: "The passkey's proof was used before.",
  count: 'This passkey has been used on another device that counts too: somebody may have a copy of it. Remove it.',
};
