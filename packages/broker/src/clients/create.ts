import type { InputOf, OutputOf } from '@writ/api';
import { defined, WritError } from '@writ/core';
import { insertClient, violates } from '@writ/store';
import { actorId, change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { tendKeySets } from '../keys/tend.ts';
import { makeAuth } from './auth.ts';
import { settingsOf } from './settings.ts';
import { clientView } from './view.ts';

/**
 * Adds a client, owned by the user who adds it; its secret, where it has one, is told this once. Throws `conflict`, `validation_failed`.
 */
export async function createClient(
  ctx: Ctx<AdminActor>,
  input: InputOf<'clients.create'>,
): Promise<OutputOf<'clients.create'>> {
  const { organization_id } = ctx;
  const { client_id, kind, name } = input;
  const { set, secret } = makeAuth(ctx, { auth: input.auth, kind });
  const who = actorId(ctx.actor);
  const settings = settingsOf(input);
  const made = { owner_id: who, created_by: who, created_at: ctx.now() };
  try {
    const client = await change(ctx, async (tx) => {
      const result = await insertClient(tx, { organization_id, client_id, kind, name, settings, ...set, ...made });
      const data = { kind, auth: input.auth.method, owner_id: who, settings: { ...settings } };
      return {
        result,
        happened: { kind: 'client.created', client_id, data },
        changes: [{ kind: 'client', subject: client_id }],
      };
    });
    await tendKeySets(ctx, input);
    return { ...clientView(client), ...defined({ client_secret: secret?.expose() }) };
  } catch (error) {
    if (!violates(error, 'clients_pkey')) throw error;
    throw new WritError('conflict', {
      detail: `The client id ${client_id} is taken, or was: ids are never used again.`,
    });
  }
}
