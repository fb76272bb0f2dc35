/** A client and what it is granted, as things stand now; remembered until the change feed says that it changed. */
import { WritError } from '@writ/core';
import { type EpochVector, getClient, liveGrants, readEpochs } from '@writ/store';
import type { BaseServices } from '../context.ts';
import type { ClientFacts, ClientMemory } from '../live.ts';
import { freezeOn, frozenBy, refuseFrozen } from './frozen.ts';
import { type Loaded, Loads, type LoadsOptions, loading } from './loads.ts';

const MOST = 20_000;

/** Makes the memory of clients. */
export function createClientMemory(services: BaseServices, options: Pick<LoadsOptions, 'confirmed'>): ClientMemory {
  const known = new Loads<ClientFacts>({ most: MOST, now: services.now, ...options });
  return {
    facts: (client_id) => known.get(client_id, () => loadFacts(services, client_id)),
    remembered: (client_id) => known.peek(client_id),
    refuseFrozenTask: (task_id) => refuseFrozen(services, { client_ids: [], task_id }),
    forget: (change) => {
      // A connection's grants come and go with it, and whose they are is not remembered by connection.
      if (change.kind === 'organization' || change.kind === 'connection') known.clear();
      else known.forget(change);
    },
    clear: () => known.clear(),
  };
}

async function loadFacts(services: BaseServices, client_id: string): Promise<Loaded<ClientFacts>> {
  const { store, organization_id, now } = services;
  const epochs = await readEpochs(store.db, {
    organization_id,
    keys: [
      { scope: 'organization', subject: organization_id },
      { scope: 'client', subject: client_id },
    ],
  });
  return await loading({ epochs, now }, () => readFacts(services, { client_id, epochs }));
}

async function readFacts(
  { store, organization_id, now }: BaseServices,
  { client_id, epochs }: { readonly client_id: string; readonly epochs: EpochVector },
): Promise<ClientFacts> {
  const [client, grants, freeze] = await Promise.all([
    getClient(store.db, { organization_id, client_id }),
    liveGrants(store.db, { organization_id, client_id, now: now() }),
    freezeOn({ store, organization_id }, { client_ids: [client_id] }),
  ]);
  if (client === undefined || client.disabled_at !== null) throw new WritError('invalid_token');
  if (freeze !== undefined) throw frozenBy(freeze);
  return { client, grants, epochs };
}
