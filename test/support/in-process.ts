/** A broker in the test's own process, without its server: for tests of verbs, where a whole server would say no more. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ctx, LiveOptions, PublicActor, Services, UserActor } from '@writ/broker';
import { makeId } from '@writ/core';
import { exportAuditEvents, insertUser } from '@writ/store';
import type { LocalKey } from '@writ/vault';
import { compose } from '../../apps/server/src/compose.ts';
import type { ServerConfig } from '../../apps/server/src/config.ts';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { verifyConnection } from '../../packages/broker/src/connections/verify.ts';
import { importEnvironments } from '../../packages/broker/src/environments/import.ts';
import { localConfig } from './local-config.ts';
import { type RailwayUpstream, startRailwayUpstream } from './railway-upstream/start.ts';
import { type As, signUp } from './sign-up.ts';
import { type DatabaseKind, makePlace } from './store.ts';

/** What a test wants of its broker. */
export interface InProcessOptions {
  readonly tokenRate?: LiveOptions['tokenRate'];
  /** True: time goes on by `wait` alone. */
  readonly stands?: boolean;
  /** True: nobody has set it up; there is no `owner`, but `signUp`. */
  readonly empty?: boolean;
  /** A stand-in Railway, and the connection `railway` to it by its account token, taken so far. Default: none. */
  readonly railway?: 'connected' | 'verified' | 'imported';
  /** The database, the key file and the clock of another one: two brokers, as on two machines. */
  readonly beside?: InProcess;
}

/** The broker, and who uses it. */
export interface InProcess {
  /** Its services, with every refusal an event: what is said of each is asked, not how many the log keeps of them. */
  readonly services: Services;
  /** Throws where the test asked for none. */
  readonly railway: RailwayUpstream;
  /** Moves its clock, milliseconds. */
  wait(ms: number): void;
  /** A request of this actor. */
  readonly as: As;
  /** A request of nobody in particular. */
  anyone(address?: string): Ctx<PublicActor>;
  /** A request of the owner, who has just signed in. */
  owner(): Ctx<UserActor>;
  /** Does the set-up of an empty one. */
  signUp(): Promise<{ readonly ctx: Ctx<UserActor>; readonly password: string; readonly email: string }>;
  /** What was logged. */
  readonly logged: readonly unknown[];
  /** Every audit entry so far, oldest first. */
  audit(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The key-encryption key it was opened with. */
  readonly key: LocalKey;
  /** What another broker beside it is opened with. */
  readonly place: Place;
  close(): Promise<void>;
}

interface Place {
  readonly config: ServerConfig;
  readonly clock: { ahead: number; readonly now: () => number };
  readonly remove: () => Promise<void>;
}

const OWNER = { email: 'owner@example.com', name: 'Test Owner' };

/** Two brokers on one database. */
export interface TwoBrokers {
  readonly brokers: readonly [InProcess, InProcess];
  close(): Promise<void>;
}

/** Opens two on a fresh database of the kind; the embedded one has one broker, which then stands for both. */
export async function openTwo(kind: DatabaseKind): Promise<TwoBrokers> {
  const first = await openInProcess(kind);
  const second = kind === 'postgres' ? await openInProcess(kind, { beside: first }) : first;
  const close = async (): Promise<void> => {
    if (second !== first) await second.close();
    await first.close();
  };
  return { brokers: [first, second], close };
}

/** Opens a broker on a fresh database of the kind. */
export async function openInProcess(kind: DatabaseKind, options: InProcessOptions = {}): Promise<InProcess> {
  const place = options.beside?.place ?? (await openPlace(kind, options));
  const { clock } = place;
  const logged: unknown[] = [];
  const note = (...parts: readonly unknown[]): void => void logged.push(parts);
  const onLost = (error: Error): never => {
    throw error;
  };
  const log = { info: note, warn: note, error: note };
  const { tokenRate } = options;
  const composed = await compose(place.config, { log, onLost, now: clock.now, ...(tokenRate && { tokenRate }) });
  const services = eachRefusal(composed.services);
  const as: As = (actor, address = '192.0.2.1') => ({
    ...services,
    actor,
    request_id: makeId('request', { now: clock.now(), randomBytes }),
    address,
  });
  const user_id = options.empty === true || options.beside ? '' : await addOwner(services);
  const owner = (): Ctx<UserActor> => {
    const session = { session_id: 'ses_test', session_client: 'browser', authenticated_at: clock.now() } as const;
    return as({ kind: 'user', user_id, role: 'owner', ...OWNER, ...session });
  };
  const railway = options.railway && (await connectRailway(owner, options.railway));
  return {
    services,
    get railway() {
      if (railway === undefined) throw new Error('this broker has no Railway');
      return railway;
    },
    wait: (ms) => {
      clock.ahead += ms;
    },
    as,
    anyone: (address) => as({ kind: 'public' }, address),
    owner,
    signUp: async () => ({ ...(await signUp(as, OWNER)), email: OWNER.email }),
    logged,
    audit: async () => {
      const entries = await Array.fromAsync(exportAuditEvents(services.store.db, services));
      return entries.map((entry) => JSON.parse(entry));
    },
    key: composed.key,
    place,
    close: async () => {
      await railway?.stop();
      await composed.close();
      if (options.beside === undefined) await place.remove();
    },
  };
}

async function openPlace(kind: DatabaseKind, { stands = false }: InProcessOptions): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  const { options, remove } = await makePlace(kind);
  const began = Date.now();
  const clock = { ahead: 0, now: (): number => (stands ? began : Date.now()) + clock.ahead };
  const config: ServerConfig = {
    ...localConfig(folder),
    ...(options.url !== undefined && { databaseUrl: options.url }),
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
  };
  const removeAll = async (): Promise<void> => {
    await remove();
    await rm(folder, { recursive: true, force: true });
  };
  return { config, clock, remove: removeAll };
}

function eachRefusal(services: Services): Services {
  const { live, audit } = services;
  const count: typeof live.refusals.count = async (_address, event) => void (await audit.append(event));
  return { ...services, live: { ...live, refusals: { ...live.refusals, count } } };
}

async function addOwner({ store, organization_id, now }: Services): Promise<string> {
  const id = makeId('user', { now: now(), randomBytes });
  const row = { organization_id, id, ...OWNER, role: 'owner' as const, created_at: now() };
  await store.transaction((tx) => insertUser(tx, row));
  return id;
}

async function connectRailway(
  owner: () => Ctx<UserActor>,
  taken: NonNullable<InProcessOptions['railway']>,
): Promise<RailwayUpstream> {
  const upstream = await startRailwayUpstream();
  const credential = { kind: 'account_token', value: upstream.tokens.account };
  await createConnection(owner(), { slug: 'railway', provider: 'railway', base_url: upstream.url, credential });
  if (taken !== 'connected') await verifyConnection(owner(), { connection: 'railway' });
  if (taken === 'imported') await importEnvironments(owner(), { connection: 'railway' });
  return upstream;
}
