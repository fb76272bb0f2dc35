/** Connections, environments, clients and grants. */
import { randomUUID } from 'node:crypto';
import { findConnection, insertClient, insertEnvironment, insertGrant } from '@writ/store';
import { createConnection } from '../../../packages/broker/src/connections/create.ts';
import type { Seeding } from './seed.ts';

/** Where the stand-in answers, once it was started. */
const UPSTREAM = 'http://127.0.0.1:9801';

/** A connection with the names of its environments. */
export interface Place {
  readonly id: string;
  readonly slug: string;
  readonly environments: readonly string[];
}

/** A client, and whose it is. */
export interface SeededClient {
  readonly client_id: string;
  readonly kind: 'agent' | 'ci' | 'automation';
}

/** A grant, as far as the log names it. */
export interface SeededGrant {
  readonly id: string;
  readonly client_id: string;
  readonly place: Place;
  readonly environment: string;
}

const SLUGS = ['rentals', 'billing', 'search', 'website', 'warehouse'];
const FORKS = 18;

/** How many rows one transaction writes. */
const CHUNK = 250;

/** Adds connections, each with production, staging and some environments of pull requests. */
export async function addConnections({ services, owner, clock, id }: Seeding): Promise<readonly Place[]> {
  const { store, organization_id } = services;
  const places: Place[] = [];
  for (const slug of SLUGS) {
    const credential = { kind: 'account_token', value: randomUUID() };
    await createConnection(owner, { slug, provider: 'railway', base_url: UPSTREAM, credential });
    const connection_id = await idOf(services, slug);
    const environments = ['production', 'staging', ...Array.from({ length: FORKS }, (_, number) => `pr-${number + 1}`)];
    const made = { created_by: owner.actor.user_id, created_at: clock.at };
    await store.transaction(async (tx) => {
      for (const name of environments) {
        const environment_ids = [`e_${slug}_${name}`];
        const members = environment_ids.map((each) => `environment_ids:${each}`);
        const row = { organization_id, id: id('environment'), connection_id, slug: name, ...made };
        await insertEnvironment(tx, {
          ...row,
          selector: { environment_ids },
          members,
          protected: name === 'production',
        });
      }
    });
    places.push({ id: connection_id, slug, environments });
  }
  return places;
}

async function idOf({ store, organization_id }: Seeding['services'], slug: string): Promise<string> {
  const found = await findConnection(store.db, { organization_id, slug });
  if (found === undefined) throw new Error(`there is no connection ${slug}`);
  return found.id;
}

/** Adds clients: mostly agents, some jobs and scripts. */
export async function addClients({ services, owner, clock, sizes }: Seeding): Promise<readonly SeededClient[]> {
  const { store, organization_id } = services;
  const { user_id } = owner.actor;
  const people = { owner_id: user_id, created_by: user_id, secret_holder_id: user_id };
  const rows = Array.from({ length: sizes.clients }, (_, number) => {
    const kind = number % 10 === 8 ? 'ci' : number % 10 === 9 ? 'automation' : 'agent';
    const client_id = `${kind}-${String(number + 1).padStart(4, '0')}`;
    return { client_id, kind, name: `${kind === 'ci' ? 'Deploy job' : 'Helper'} ${number + 1}` } as const;
  });
  await inChunks(rows, (some) =>
    store.transaction(async (tx) => {
      for (const row of some) {
        const auth = { method: 'client_secret_basic' };
        await insertClient(tx, { organization_id, ...row, ...people, auth, settings: {}, created_at: clock.at });
      }
    }),
  );
  return rows;
}

const OPERATIONS = [
  ['*:read'],
  ['*:read', 'customDomain*'],
  ['deploymentRedeploy', 'deploymentRestart'],
  ['variableUpsert', 'variables:reveal'],
  ['serviceInstanceUpdate', '*:read'],
  ['volumeDelete', 'volumeInstanceBackupCreate'],
];

/** Adds grants to all clients in turn; every third was used of late, every tenth ends some day. */
export async function addGrants(
  { services, owner, clock, sizes, id }: Seeding,
  { places, clients }: { readonly places: readonly Place[]; readonly clients: readonly SeededClient[] },
): Promise<readonly SeededGrant[]> {
  const { store, organization_id } = services;
  const grants = Array.from({ length: sizes.grants }, (_, number) => {
    const place = nth(places, number);
    const { client_id } = nth(clients, number);
    return { id: id('grant'), client_id, place, environment: nth(place.environments, Math.floor(number / 7)), number };
  });
  const made = { created_by: owner.actor.user_id, created_at: clock.at, updated_at: clock.at };
  const day = 86_400_000;
  await inChunks(grants, (some) =>
    store.transaction(async (tx) => {
      for (const { id: grant_id, client_id, place, environment, number } of some) {
        const operations = [...nth(OPERATIONS, number)];
        const row = { organization_id, id: grant_id, client_id, connection_id: place.id, ...made };
        await insertGrant(tx, {
          ...row,
          name: `${nth(['Look around', 'Domains', 'Deploy', 'Variables'], number)} in ${environment}`,
          note: number % 4 === 0 ? 'For the work on the new checkout, until it is done.' : null,
          scope: { connection: place.slug, environments: [environment], operations },
          last_used_at: number % 3 === 0 ? clock.at + (number % 30) * day : null,
          expires_at: number % 10 === 0 ? clock.at + 90 * day : null,
        });
      }
    }),
  );
  return grants;
}

/** The element of a list at a number, over and over. */
export function nth<T>(list: readonly T[], number: number): T {
  const found = list[number % list.length];
  if (found === undefined) throw new TypeError('an empty list');
  return found;
}

/** Does work for some rows after the other. */
export async function inChunks<T>(rows: readonly T[], work: (some: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < rows.length; at += CHUNK) await work(rows.slice(at, at + CHUNK));
}
