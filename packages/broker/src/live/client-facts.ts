/** A client and its grants, remembered until the change feed reports a change of them. */
import { type Guardrail, WritError } from '@writ/core';
import { type EpochVector, getClient, liveGrants, readEpochs } from '@writ/store';
import type { BaseServices } from '../context.ts';
import { freezeOn, frozenBy, refuseFrozen } from '../freeze/frozen.ts';
import type { ClientFacts, ClientMemory, ClientStanding } from '../live.ts';
import { grantsLink } from './links.ts';
import { type Loaded, Loads, type LoadsOptions, REFUSED_MS } from './loads.ts';
import { createRules, type Rules } from './rules.ts';

/** How much of the heap clients and their grants may take, bytes. */
const MOST = 32 * 1024 * 1024;

/** Makes the memory of clients. */
export function createClientMemory(services: BaseServices, options: Pick<LoadsOptions, 'confirmed'>): ClientMemory {
  const { now } = services;
  const weigh = (standing: ClientStanding | undefined): number => standing?.weight ?? ROW;
  const known = new Loads<ClientStanding>({ most: MOST, weigh, now, ...options });
  const rules = createRules(services);
  const guardrails = new Loads<ReadRules>({ most: 1, now, ...options });
  const load = (client_id: string) => () => loadStanding(services, client_id);
  const loadRules = () => rulesNow(services, rules);
  return {
    facts: async (client_id) => demandGood(await known.get(client_id, load(client_id))),
    standing: async (client_id, epochs) => {
      const found = await known.get(client_id, load(client_id));
      return agrees(found, epochs) ? found : await known.reload(client_id, load(client_id));
    },
    guardrails: async (epochs) => {
      const found = await guardrails.get('', loadRules);
      return (agrees(found, epochs) ? found : await guardrails.reload('', loadRules)).guardrails;
    },
    remembered: (client_id) => {
      const found = known.peek(client_id);
      return found === undefined || refusalOf(found) !== undefined ? undefined : demandGood(found);
    },
    refuseFrozenTask: (task_id) => refuseFrozen(services, { client_ids: [], task_id }),
    forget: (change) => {
      guardrails.forget(change);
      // A connection's grants come and go with it, and the clients that hold them are not remembered by connection.
      if (change.kind === 'organization' || change.kind === 'connection') known.clear();
      else known.forget(change);
    },
    clear: () => {
      known.clear();
      guardrails.clear();
    },
  };
}

/** Tells whether the subjects that facts rely on were unchanged when these epochs were read. */
function agrees({ epochs }: { readonly epochs: EpochVector }, read: EpochVector): boolean {
  return epochs.every(({ scope, subject, epoch }) =>
    read.some((one) => one.scope === scope && one.subject === subject && one.epoch === epoch),
  );
}

/** How much of the heap a row takes besides its texts, bytes; texts and lists take about three times their JSON. */
const ROW = 2_000;

function weightOf({ client, grants }: Pick<ClientStanding, 'client' | 'grants'>): number {
  return ROW + 3 * JSON.stringify([client, grants]).length + 500 * grants.length;
}

function refusalOf({ client, freeze }: ClientStanding): WritError | undefined {
  if (client === undefined || client.disabled_at !== null) return new WritError('invalid_token');
  return freeze === undefined ? undefined : frozenBy(freeze);
}

function demandGood(standing: ClientStanding): ClientFacts {
  const { client, grants, epochs } = standing;
  const refusal = refusalOf(standing);
  if (refusal !== undefined || client === undefined) throw refusal ?? new WritError('invalid_token');
  return { client, grants, epochs };
}

async function loadStanding(services: BaseServices, client_id: string): Promise<Loaded<ClientStanding>> {
  const { store, organization_id, now } = services;
  const epochs = await readEpochs(store.db, {
    organization_id,
    keys: [
      { scope: 'organization', subject: organization_id },
      { scope: 'client', subject: client_id },
    ],
  });
  const [client, grants, freeze] = await Promise.all([
    getClient(store.db, { organization_id, client_id }),
    liveGrants(store.db, { organization_id, client_id, now: now() }),
    freezeOn({ store, organization_id }, { client_ids: [client_id] }),
  ]);
  const link = grantsLink(client_id, grants);
  const value = { client, grants, link, freeze, epochs, weight: weightOf({ client, grants }) };
  return refusalOf(value) === undefined ? { epochs, value } : { epochs, value, until: now() + REFUSED_MS };
}

interface ReadRules {
  readonly guardrails: readonly Guardrail[];
  readonly epochs: EpochVector;
}

async function rulesNow({ store, organization_id }: BaseServices, rules: Rules): Promise<Loaded<ReadRules>> {
  const keys = [{ scope: 'organization' as const, subject: organization_id }];
  const epochs = await readEpochs(store.db, { organization_id, keys });
  return { epochs, value: { guardrails: await rules(), epochs } };
}
