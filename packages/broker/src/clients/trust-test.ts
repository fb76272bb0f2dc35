import type { InputOf, OutputOf } from '@writ/api';
import { type FederatedAuth, inertLine, type JsonValue } from '@writ/core';
import { getClient } from '@writ/store';
import { type ClaimCheck, examineSubjectToken, trustPolicyHints } from '@writ/tokens';
import { record } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { throwIfAny, wrong } from '../validation.ts';
import { policyProblems } from './auth.ts';
import { noSuchClient } from './missing.ts';
import { storedAuth } from './view.ts';

/**
 * Says how a CI token fares against a client's trust policy, or against one that is given to be tried before it is saved: whether it
 * would be taken, and each comparison. Nothing is issued or used up, and the token is kept nowhere. Throws `not_found`,
 * `validation_failed`.
 */
export async function testTrust(
  ctx: Ctx<AdminActor>,
  input: InputOf<'clients.trust_test'>,
): Promise<OutputOf<'clients.trust_test'>> {
  const { id: client_id, token, auth } = input;
  if (auth !== undefined) throwIfAny(policyProblems(ctx, auth));
  const policy = auth ?? (await savedPolicy(ctx, client_id));
  const examined = await examineSubjectToken(token.trim(), policy, { keys: ctx.live.issuers.find, now: ctx.now() });
  const { accepted, reason = null } = examined;
  const data = { accepted, reason, issuer: inertLine(policy.issuer, 500), saved: auth === undefined };
  await record(ctx, { kind: 'client.trust_tested', client_id, result: accepted ? 'accepted' : 'refused', data });
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
  if (client === undefined) throw noSuchClient(client_id);
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
