import { type AuthorizedValue, WritError } from '@writ/core';
import { appendIn, bumpEpochs, getConnection, updateConnection } from '@writ/store';
import type { BaseServices } from '../context.ts';

/**
 * Flags the root credentials of a connection whose upstream echoed one: shown until they are replaced. Every broker, this one too,
 * learns of it by the change feed.
 */
export async function flagCredential(services: BaseServices, authorized: AuthorizedValue): Promise<void> {
  const { store, organization_id, now } = services;
  const { connection_id: id, request_id } = authorized;
  const at = now();
  await store.transaction(async (tx) => {
    const connection = await getConnection(tx, { organization_id, id });
    if (connection === undefined) throw new WritError('not_found');
    await updateConnection(tx, { organization_id, id, set: { credential_flagged_at: at } });
    const writing = { organization_id, now: at };
    await bumpEpochs(tx, { ...writing, keys: [{ scope: 'connection', subject: id }] });
    const event = {
      kind: 'credential.flagged',
      actor: 'system',
      connection: connection.slug,
      result: 'echoed',
      request_id,
    };
    await appendIn(tx, { ...writing, event });
  });
}
