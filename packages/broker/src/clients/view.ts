import type { ClientAuth, OutputOf } from '@writ/api';
import { digestOf, type FederatedAuth, federatedAuthSchema, isJsonObject, type JsonValue } from '@writ/core';
import type { Client } from '@writ/store';
import { type ClientJwks, checkClientJwks } from '@writ/tokens';
import { bindsTokens } from '../dpop/bound.ts';
import { timeOrNull, timeOut } from '../page.ts';

interface Binding {
  readonly dpop_bound_access_tokens?: true;
}

/** How a client proves who it is, as it is kept: registered keys have been checked. */
export type StoredAuth =
  | ({ readonly method: 'client_secret_basic' } & Binding)
  | ({ readonly method: 'private_key_jwt'; readonly jwks: ClientJwks } & Binding)
  | FederatedAuth;

/** Reads the stored authentication. One that cannot be read counts as a secret that nobody has. */
export function storedAuth(value: JsonValue): StoredAuth {
  const binding: Binding = bindsTokens(value) ? { dpop_bound_access_tokens: true } : {};
  const nobodys = { method: 'client_secret_basic' as const, ...binding };
  if (!isJsonObject(value)) return nobodys;
  if (value['method'] === 'federated') return federatedAuthSchema.safeParse(value).data ?? nobodys;
  if (value['method'] !== 'private_key_jwt') return nobodys;
  const { jwks } = checkClientJwks(value['jwks'], 'jwks');
  return jwks === undefined ? nobodys : { method: 'private_key_jwt', jwks, ...binding };
}

/** A client as the API shows it: never its secret. */
export function clientView(client: Client): OutputOf<'clients.get'> {
  const { client_id, kind, name, owner_id, created_by } = client;
  const auth = storedAuth(client.auth);
  return {
    client_id,
    kind,
    name,
    auth: authOut(auth),
    can_authenticate: auth.method !== 'client_secret_basic' || client.secret_hash !== null,
    require_task: client.settings.require_task === true,
    scopes: [...(client.settings.scopes ?? [])],
    access_token_signing_alg: client.settings.access_token_signing_alg ?? 'ES256',
    delegable: client.settings.delegable !== false,
    may_act: [...(client.settings.may_act ?? [])],
    version: versionOf(client),
    owner_id,
    created_by,
    created_at: timeOut(client.created_at),
    disabled_at: timeOrNull(client.disabled_at),
  };
}

/** What tells a client from the same one after a change. */
export function versionOf({ name, auth, settings, disabled_at }: Client): string {
  return digestOf({ name, auth, settings, disabled: disabled_at !== null });
}

function authOut(auth: StoredAuth): ClientAuth {
  if (auth.method !== 'private_key_jwt') return { ...auth };
  return { ...auth, jwks: { keys: auth.jwks.keys.map((key) => ({ ...key })) } };
}
