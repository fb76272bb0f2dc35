import type { InputOf, OutputOf } from '@writ/api';
import { lockClient, updateClient } from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { wrong } from '../validation.ts';
import { makeSecret } from './auth.ts';
import { storedAuth } from './view.ts';

/**
 * Makes a new secret, shown once. The old one stops at once; tokens that were issued for it do not. Throws `not_found`,
 * `validation_failed`.
 */
export async function rotateSecret(
  ctx: Ctx<AdminActor>,
  input: InputOf<'clients.rotate_secret'>,
): Promise<OutputOf<'clients.rotate_secret'>> {
  const { organization_id } = ctx;
  const client_id = input.id;
  const secret = await change(ctx, async (tx) => {
    const before = await lockClient(tx, { organization_id, client_id });
    if (before === undefined) throw missing('client', client_id);
    const auth = storedAuth(before.auth);
    if (auth.method !== 'client_secret_basic') {
      throw wrong({ field: 'id', problem: 'has no secret: it proves itself with its own keys', found: auth.method });
    }
    const { set, secret: made } = makeSecret(ctx, auth);
    await updateClient(tx, { organization_id, client_id, set });
    return {
      result: made,
      happened: { kind: 'client.secret_rotated', client_id, data: { holder_id: set.secret_holder_id } },
      epochs: [{ scope: 'client', subject: client_id }],
    };
  });
  return { client_id, client_secret: secret?.expose() ?? '' };
}
