import type { InputOf, OutputOf } from '@writ/api';
import { defined } from '@writ/core';
import {
  type ConnectionChange,
  findConnection,
  forgetLiveSchemas,
  retireCredentials,
  setAdmissionsStale,
  updateConnection,
} from '@writ/store';
import { change } from '../audit/record.ts';
import type { AdminActor, Ctx } from '../context.ts';
import { missing } from '../missing.ts';
import { readBaseUrl } from './base-url.ts';
import { connectionView } from './view.ts';

/**
 * Changes a connection. Another origin erases its root credentials, since they are sealed to it: the answer then lists none.
 * Throws `not_found`, `validation_failed`.
 */
export async function patchConnection(
  ctx: Ctx<AdminActor>,
  input: InputOf<'connections.patch'>,
): Promise<OutputOf<'connections.patch'>> {
  const { organization_id } = ctx;
  const slug = input.connection;
  const place = input.base_url === undefined ? undefined : readBaseUrl(ctx, input.base_url);
  const row = await change(ctx, async (tx) => {
    const before = await findConnection(tx, { organization_id, slug });
    if (before === undefined) throw missing('connection', slug);
    const moved = place !== undefined && place.origin !== before.origin;
    const unverified = { identity: null, verified_at: null, credential_flagged_at: null };
    const set: ConnectionChange = {
      ...place,
      ...defined({ settings: input.settings && { ...input.settings } }),
      ...(moved && unverified),
    };
    const result = await updateConnection(tx, { organization_id, id: before.id, set });
    if (result === undefined) throw missing('connection', slug);
    const retire = { organization_id, connection_id: before.id, now: ctx.now() };
    // Admissions were made from another server's schema: they do not count here.
    if (moved) {
      await setAdmissionsStale(tx, retire);
      await forgetLiveSchemas(tx, retire);
    }
    const credentials_erased = moved ? await retireCredentials(tx, retire) : 0;
    const data = { connection_id: before.id, base_url: result.base_url, credentials_erased };
    return {
      result,
      happened: { kind: 'connection.changed', connection: slug, data },
      epochs: [{ scope: 'connection', subject: before.id }],
    };
  });
  return await connectionView(ctx, row);
}
