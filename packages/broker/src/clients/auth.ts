import type { ClientAuth } from '@writ/api';
import type { JsonObject, Secret } from '@writ/core';
import { checkClientJwks, hashClientSecret, newClientSecret } from '@writ/tokens';
import { actorId } from '../connections/actor-id.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { throwIfAny } from '../validation.ts';

/** What is kept of a client's proof, and the secret to be told once. */
export interface MadeAuth {
  readonly set: {
    readonly auth: JsonObject;
    readonly secret_hash: string | null;
    readonly secret_holder_id: string | null;
  };
  readonly secret?: Secret;
}

/** Checks and prepares how a client is to prove who it is. Throws `validation_failed` for keys that cannot be used. */
export function makeAuth(ctx: Ctx<AdminActor>, auth: ClientAuth): MadeAuth {
  if (auth.method === 'client_secret_basic') return makeSecret(ctx);
  const { jwks, problems } = checkClientJwks(auth.jwks, 'auth.jwks');
  throwIfAny(problems);
  const keys = (jwks?.keys ?? []).map((key): JsonObject => ({ ...key }));
  return { set: { auth: { method: auth.method, jwks: { keys } }, secret_hash: null, secret_holder_id: null } };
}

/** Makes a secret: whoever is answered holds it. */
export function makeSecret(ctx: Ctx<AdminActor>): MadeAuth {
  const secret = newClientSecret(ctx.randomBytes);
  const secret_hash = hashClientSecret(secret, ctx.deriveKey('client_secret'));
  return {
    set: { auth: { method: 'client_secret_basic' }, secret_hash, secret_holder_id: actorId(ctx.actor) },
    secret,
  };
}
