/** A broker's services in the test's own process, on a real database, with a stand-in Railway: for testing verbs. */
import { randomBytes } from 'node:crypto';
import {
  type AdminActor,
  type BaseServices,
  type Ctx,
  createHashing,
  openLive,
  type PublicActor,
  type Services,
} from '@writ/broker';
import { makeId } from '@writ/core';
import { createDialler, DEFAULT_LIMITS } from '@writ/gateway';
import { PROVIDERS } from '@writ/providers';
import { type AuditEvent, exportAuditEvents, insertUser, openAuditLog } from '@writ/store';
import { createVault, LocalKey } from '@writ/vault';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { verifyConnection } from '../../packages/broker/src/connections/verify.ts';
import { type RailwayUpstream, startRailwayUpstream } from './railway-upstream/start.ts';
import { type DatabaseKind, openTestStore } from './store.ts';

/** Services of a test, and who uses them. */
export interface TestServices {
  readonly services: Services;
  /** Moves the clock, milliseconds. */
  readonly wait: (ms: number) => void;
  /** A request of the owner. */
  readonly owner: () => Ctx<AdminActor>;
  /** A request of anybody. */
  readonly anyone: () => Ctx<PublicActor>;
  /** What was logged. */
  readonly logged: readonly unknown[];
  /** Every audit entry so far, oldest first. */
  readonly audit: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly close: () => Promise<void>;
}

/** What a test starts from. */
export interface TestServicesOptions {
  readonly tokenRate?: { readonly per_second: number; readonly burst: number };
}

/** Opens services on a fresh database of the kind. */
export async function openTestServices(kind: DatabaseKind, options: TestServicesOptions = {}): Promise<TestServices> {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const { store, dispose } = await openTestStore(kind, now);
  const organization_id = 'default';
  const key = new LocalKey(randomBytes(32), { randomBytes });
  const logged: unknown[] = [];
  const note = (...parts: readonly unknown[]): void => void logged.push(parts);
  const base: BaseServices = {
    organization_id,
    store,
    audit: openAuditLog(store, { organization_id }),
    vault: createVault({ wrapper: key, randomBytes }),
    kek_id: key.kekId,
    deriveKey: (purpose) => key.deriveKey(purpose),
    hashing: createHashing({ pepper: () => key.deriveKey('password').export(), lanes: 1, randomBytes }),
    providers: new Map(PROVIDERS.map((provider) => [provider.id, provider])),
    config: { publicUrl: 'http://localhost:8700', privateUpstreams: [], publicUrlIsLoopback: true },
    now,
    randomBytes,
    log: { info: note, warn: note, error: note },
  };
  const dialler = createDialler(DEFAULT_LIMITS);
  const live = await openLive(base, { dispatch: dialler.dispatch, ...options });
  const services = eachRefusal({ ...base, live });
  const user_id = await addOwner(services);
  return {
    services,
    wait: (ms) => {
      ahead += ms;
    },
    owner: () => ({ ...services, ...facts(services), actor: ownerActor(user_id, now()) }),
    anyone: () => ({ ...services, ...facts(services), actor: { kind: 'public' } }),
    logged,
    audit: async () => {
      const entries = await Array.fromAsync(exportAuditEvents(store.db, { organization_id }));
      return entries.map((entry) => JSON.parse(entry));
    },
    close: async () => {
      await live.close();
      await base.audit.drain();
      await dialler.close();
      await dispose();
    },
  };
}

/** The services with every refusal an event: tests of verbs ask what is said of each, not how many the log keeps of them. */
export function eachRefusal(services: Services): Services {
  const { live, audit } = services;
  const count = async (_address: string, event: AuditEvent): Promise<void> => {
    await audit.append(event);
  };
  return { ...services, live: { ...live, refusals: { ...live.refusals, count } } };
}

function facts(services: Services) {
  return { request_id: makeId('request', clockOf(services)), address: '127.0.0.1' };
}

function clockOf({ now, randomBytes: random }: Services) {
  return { now: now(), randomBytes: random };
}

async function addOwner(services: Services): Promise<string> {
  const { store, organization_id } = services;
  const id = makeId('user', clockOf(services));
  const created_at = services.now();
  await store.transaction((tx) =>
    insertUser(tx, {
      organization_id,
      id,
      email: 'owner@example.com',
      name: 'Owner',
      role: 'owner',
      created_at,
    }),
  );
  return id;
}

function ownerActor(user_id: string, authenticated_at: number): AdminActor {
  return {
    kind: 'user',
    user_id,
    email: 'owner@example.com',
    name: 'Owner',
    role: 'owner',
    session_id: 'ses_test',
    session_client: 'browser',
    authenticated_at,
  };
}

/** A stand-in Railway, and the connection `railway` to it, with its account token. */
export async function connectRailway(
  test: TestServices,
  options: { readonly verify?: boolean } = {},
): Promise<RailwayUpstream> {
  const upstream = await startRailwayUpstream();
  await createConnection(test.owner(), {
    slug: 'railway',
    provider: 'railway',
    base_url: upstream.url,
    credential: { kind: 'account_token', value: upstream.tokens.account },
  });
  if (options.verify !== false) await verifyConnection(test.owner(), { connection: 'railway' });
  return upstream;
}
