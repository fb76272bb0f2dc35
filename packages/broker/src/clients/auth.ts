import type { ClientAuth } from '@writ/api';
import type { FederatedAuth, FieldProblem, JsonObject, Secret } from '@writ/core';
import type { Client } from '@writ/store';
import { checkClientJwks, checkTrustPolicy, hashClientSecret, newClientSecret } from '@writ/tokens';
import { actorId } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { throwIfAny, wrong } from '../validation.ts';

/** The part of a client's authentication that is kept, and the secret to be shown once. */
export interface MadeAuth {
  readonly set: {
    readonly auth: JsonObject;
    readonly secret_hash: string | null;
    readonly secret_holder_id: string | null;
  };
  readonly secret?: Secret;
}

/** What is asked for: how a client of some kind is to prove who it is. */
export interface WantedAuth {
  readonly auth: ClientAuth;
  readonly kind: Client['kind'];
}

/**
 * Checks and prepares how a client is to prove who it is. Throws `validation_failed` for keys that cannot be used, and for a trust
 * policy that is dangerous, with every reason.
 */
export function makeAuth(ctx: Ctx<AdminActor>, { auth, kind }: WantedAuth): MadeAuth {
  if (auth.method === 'client_secret_basic') return makeSecret(ctx, auth);
  if (auth.method === 'federated') return makeFederated(ctx, { auth, kind });
  const { jwks, problems } = checkClientJwks(auth.jwks, 'auth.jwks');
  throwIfAny(problems);
  const keys = (jwks?.keys ?? []).map((key): JsonObject => ({ ...key }));
  const kept = { method: auth.method, jwks: { keys }, ...bindingOf(auth) };
  return { set: { auth: kept, secret_hash: null, secret_holder_id: actorId(ctx.actor) } };
}

function makeFederated(ctx: Ctx<AdminActor>, { auth, kind }: WantedAuth & { readonly auth: FederatedAuth }): MadeAuth {
  if (kind !== 'ci')
    throw wrong({ field: 'auth.method', problem: 'is for clients of kind ci alone', found: auth.method });
  throwIfAny(policyProblems(ctx, auth));
  return { set: { auth: { ...auth } as JsonObject, secret_hash: null, secret_holder_id: actorId(ctx.actor) } };
}

/** The problems of a trust policy on this broker. */
export function policyProblems(ctx: Ctx<AdminActor>, auth: FederatedAuth): FieldProblem[] {
  return checkTrustPolicy(auth, { public_url: ctx.config.publicUrl });
}

/** The settings that an administrator chooses for a client with a secret. */
export type SecretAuth = Extract<ClientAuth, { readonly method: 'client_secret_basic' }>;

/** The part of the authentication that is stored. */
export function secretAuth(auth: SecretAuth): JsonObject {
  return { method: 'client_secret_basic', ...bindingOf(auth) };
}

function bindingOf({ dpop_bound_access_tokens }: ClientAuth): JsonObject {
  return dpop_bound_access_tokens === true ? { dpop_bound_access_tokens } : {};
}

/** Makes a secret, which is shown only in this answer. */
export function makeSecret(ctx: Ctx<AdminActor>, auth: SecretAuth): MadeAuth {
  const secret = newClientSecret(ctx.randomBytes);
  const secret_hash = hashClientSecret(secret, ctx.deriveKey('client_secret'));
  return {
    set: { auth: secretAuth(auth), secret_hash, secret_holder_id: actorId(ctx.actor) },
    secret,
  };
}
