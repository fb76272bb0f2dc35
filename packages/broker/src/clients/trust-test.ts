import type { InputOf, OutputOf } from '@writ/api';
import { defined, type FederatedAuth, inertLine, type JsonValue } from '@writ/core';
import { getClient } from '@writ/store';
import { type ClaimCheck, examineSubjectToken, trustPolicyHints } from '@writ/tokens';
import { record } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { throwIfAny, wrong } from '../validation.ts';
import { policyProblems } from './auth.ts';
import { storedAuth } from './view.ts';

/**
 * Compares a CI token with a client's saved trust policy: tells whether it would be accepted, with each comparison. Nothing is issued or
 * used up, and the token is not kept. Throws `not_found`, `validation_failed`.
 */
export async function testTrust(
  ctx: Ctx<AdminActor>,
  input: InputOf<'clients.trust_test'>,
): Promise<OutputOf<'clients.trust_test'>> {
  const { id: client_id, token } = input;
  return await examine(ctx, { token, policy: await savedPolicy(ctx, client_id), client_id });
}

/**
 * The same for a policy that is not saved. Nobody has taken responsibility for it, so no host on a private address is asked because of
 * it, even if it allows that: only the claims are compared, and the signature is checked once it is saved. Throws `validation_failed`.
 */
export async function testUnsavedTrust(
  ctx: Ctx<AdminActor>,
  input: InputOf<'clients.trust_test_unsaved'>,
): Promise<OutputOf<'clients.trust_test_unsaved'>> {
  const { token, auth } = input;
  throwIfAny(policyProblems(ctx, auth));
  const tested = await examine(ctx, { token, policy: { ...auth, allow_private_network: false } });
  if (!auth.allow_private_network) return tested;
  return { ...tested, hints: [{ claims: [], hint: NOT_ASKED }, ...tested.hints] };
}

const NOT_ASKED =
  'save the policy and test the client: an issuer on a private address is asked for its keys only by a policy that is saved';

interface PolicyTrial {
  readonly token: string;
  readonly policy: FederatedAuth;
  /** Whose policy it is; absent for one that is not saved. */
  readonly client_id?: string;
}

async function examine(
  ctx: Ctx<AdminActor>,
  { token, policy, client_id }: PolicyTrial,
): Promise<OutputOf<'clients.trust_test'>> {
  const examined = await examineSubjectToken(token.trim(), policy, { keys: ctx.live.issuers.find, now: ctx.now() });
  const { accepted, reason = null } = examined;
  const data = { accepted, reason, issuer: inertLine(policy.issuer, 500), saved: client_id !== undefined };
  const about = defined({ client_id });
  await record(ctx, { kind: 'client.trust_tested', ...about, result: accepted ? 'accepted' : 'refused', data });
  return {
    accepted,
    reason,
    checks: examined.checks.map(checkView),
    hints: trustPolicyHints(policy).map(({ claims, hint }) => ({ claims: [...claims], hint })),
  };
}

async function savedPolicy(ctx: Ctx, client_id: string): Promise<FederatedAuth> {
  const { organization_id, store } = ctx;
  const client = await getClient(store.db, { organization_id, client_id });
  if (client === undefined) throw missing('client', client_id);
  const auth = storedAuth(client.auth);
  if (auth.method === 'federated') return auth;
  throw wrong({ field: 'id', problem: 'has no trust policy: it proves itself otherwise', found: auth.method });
}

/** A comparison with what was found as text: it comes from outside. */
export function checkView({ claim, wanted, found, pass }: ClaimCheck) {
  return { name: inertLine(claim, 200), wanted: [...wanted], found: textOf(found), pass };
}

function textOf(found: JsonValue | undefined): string | null {
  if (found === undefined) return null;
  return inertLine(typeof found === 'string' ? found : JSON.stringify(found), 300);
}
