import type { InputOf, OutputOf } from '@writ/api';
import { defined, WritError } from '@writ/core';
import { type Client, type ClientChange, lockClient, updateClient } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { tendKeySets } from '../keys/tend.ts';
import { missing } from '../missing.ts';
import { makeAuth, secretAuth } from './auth.ts';
import { settingsOf } from './settings.ts';
import { clientView, storedAuth, versionOf } from './view.ts';

/**
 * Changes a client. Disabling it stops its tokens at once. A change to `client_secret_basic` leaves it without a secret until one is
 * made by `rotate-secret`. Throws `not_found`, `validation_failed`, and `conflict` where `if_version` is not its version any more.
 */
export async function patchClient(
  ctx: Ctx<AdminActor>,
  input: InputOf<'clients.patch'>,
): Promise<OutputOf<'clients.patch'>> {
  const { organization_id } = ctx;
  const { id: client_id, if_version, ...changed } = input;
  const client = await change(ctx, async (tx) => {
    const before = await lockClient(tx, { organization_id, client_id });
    if (before === undefined) throw missing('client', client_id);
    if (if_version !== undefined && if_version !== versionOf(before))
      throw new WritError('conflict', { detail: 'Somebody else changed this client meanwhile. Read it again.' });
    const result = await updateClient(tx, { organization_id, client_id, set: changeOf(ctx, before, input) });
    if (result === undefined) throw missing('client', client_id);
    const data = {
      changed: Object.keys(changed),
      disabled: result.disabled_at !== null,
      settings: { ...result.settings },
      settings_before: { ...before.settings },
    };
    return {
      result,
      happened: { kind: 'client.changed', client_id, data },
      epochs: [{ scope: 'client', subject: client_id }],
    };
  });
  await tendKeySets(ctx, input);
  return clientView(client);
}

function changeOf(ctx: Ctx<AdminActor>, before: Client, input: InputOf<'clients.patch'>): ClientChange {
  const { name, auth, disabled } = input;
  return {
    ...defined({ name }),
    ...(auth && authChange(ctx, { before, auth })),
    settings: settingsOf(input, before.settings),
    ...(disabled !== undefined && { disabled_at: disabled ? (before.disabled_at ?? ctx.now()) : null }),
  };
}

/** No secret is made here, since the answer to a change has no place for one; an existing secret stays. */
function authChange(
  ctx: Ctx<AdminActor>,
  { before, auth }: { readonly before: Client; readonly auth: NonNullable<InputOf<'clients.patch'>['auth']> },
): ClientChange {
  if (auth.method !== 'client_secret_basic') return makeAuth(ctx, { auth, kind: before.kind }).set;
  const kept = { auth: secretAuth(auth) };
  if (storedAuth(before.auth).method === 'client_secret_basic') return kept;
  return { ...kept, secret_hash: null, secret_holder_id: null };
}
