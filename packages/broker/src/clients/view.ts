import type { ClientAuth, OutputOf } from '@writ/api';
import { isJsonObject, type JsonValue } from '@writ/core';
import type { Client } from '@writ/store';
import { type ClientJwks, checkClientJwks } from '@writ/tokens';
import { timeOrNull, timeOut } from '../page.ts';

/** How a client proves who it is, as it is kept: registered keys have been checked. */
export type StoredAuth =
  | { readonly method: 'client_secret_basic' }
  | { readonly method: 'private_key_jwt'; readonly jwks: ClientJwks };

/** Reads what is kept. What cannot be read counts as a secret that nobody has. */
export function storedAuth(value: JsonValue): StoredAuth {
  if (!isJsonObject(value) || value['method'] !== 'private_key_jwt') return { method: 'client_secret_basic' };
  const { jwks } = checkClientJwks(value['jwks'], 'jwks');
  return jwks === undefined ? { method: 'client_secret_basic' } : { method: 'private_key_jwt', jwks };
}

/** A client as the API shows it: never its secret. */
export function clientView(client: Client): OutputOf<'clients.get'> {
  const { client_id, kind, name, owner_id, created_by } = client;
  return {
    client_id,
    kind,
    name,
    auth: authOut(storedAuth(client.auth)),
    require_task: client.settings.require_task === true,
    scopes: [...(client.settings.scopes ?? [])],
    owner_id,
    created_by,
    created_at: timeOut(client.created_at),
    disabled_at: timeOrNull(client.disabled_at),
  };
}

function authOut(auth: StoredAuth): ClientAuth {
  if (auth.method === 'client_secret_basic') return { method: auth.method };
  return { method: auth.method, jwks: { keys: auth.jwks.keys.map((key) => ({ ...key })) } };
}
