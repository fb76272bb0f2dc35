import { type AuthorizedValue, WritError } from '@writ/core';
import { appendIn, bumpEpochs, getConnection, updateConnection } from '@writ/store';
import type { BaseServices } from '../context.ts';
import type { BrokerEvent } from '../event.ts';
import { findingOf, NOTHING_FOUND } from './finding.ts';

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
    const event: BrokerEvent = {
      kind: 'credential.flagged',
      actor: 'system',
      connection: connection.slug,
      result: 'echoed',
      request_id,
    };
    await appendIn(tx, { ...writing, event });
  });
}

/** A root credential of a connection. */
interface Which {
  readonly connection_id: string;
  /** Undefined where the connection has none. */
  readonly credential_id: string | undefined;
}

/**
 * Makes what writes down that the provider stopped accepting a root credential, and that it accepts it again: once each, and
 * only where it is news. What cannot be written is said in the log; the answer itself stands.
 */
export function noteAccepted(services: BaseServices, which: Which): (accepted: boolean) => Promise<void> {
  return async (accepted) => {
    try {
      await note(services, { ...which, accepted });
    } catch (error) {
      services.log.error('credential.not_noted', error, { connection_id: which.connection_id, accepted });
    }
  };
}

async function note(services: BaseServices, noting: Which & { readonly accepted: boolean }): Promise<void> {
  const { store, organization_id, now } = services;
  const { connection_id: id, credential_id, accepted } = noting;
  if (credential_id === undefined) return;
  const before = await getConnection(store.db, { organization_id, id });
  if (before === undefined || !isNews(findingOf(before)?.checked[credential_id], accepted)) return;
  const at = now();
  await store.transaction(async (tx) => {
    const connection = await getConnection(tx, { organization_id, id });
    if (connection === undefined) return;
    const finding = findingOf(connection) ?? NOTHING_FOUND;
    if (!isNews(finding.checked[credential_id], accepted)) return;
    const checked = { ...finding.checked, [credential_id]: { accepted, at } };
    await updateConnection(tx, { organization_id, id, set: { identity: { ...finding, checked } } });
    const writing = { organization_id, now: at };
    await bumpEpochs(tx, { ...writing, keys: [{ scope: 'connection', subject: id }] });
    const kind = accepted ? 'credential.accepted' : 'credential.rejected';
    const event: BrokerEvent = { kind, actor: 'system', connection: connection.slug, data: { credential_id } };
    await appendIn(tx, { ...writing, event });
  });
}

/** Of a credential that was never verified only a rejection is news: that it is good is for `verify` to find, together with whose it is. */
function isNews(known: { readonly accepted: boolean } | undefined, accepted: boolean): boolean {
  return known === undefined ? !accepted : known.accepted !== accepted;
}
