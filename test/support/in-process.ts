/** The broker's verbs in this process, on a database of their own: for tests of verbs, where a whole server would say no more. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actor, Ctx, Log, PublicActor, Services, UserActor } from '@writ/broker';
import { authenticateSession, openSetup, setUp } from '@writ/broker';
import { listAuditEvents } from '@writ/store';
import { compose } from '../../apps/server/src/compose.ts';
import { eachRefusal } from './services.ts';
import { makePlace } from './store.ts';

/** An open broker without its server. */
export interface TestServices {
  readonly services: Services;
  /** Moves the clock that the contexts made here see, in milliseconds. */
  advance(ms: number): void;
  /** A context as nobody in particular. */
  asPublic(address?: string): Ctx<PublicActor>;
  as<A extends Actor>(actor: A): Ctx<A>;
  /** Does the set-up and answers the owner's context. */
  owner(): Promise<{ readonly ctx: Ctx<UserActor>; readonly password: string; readonly email: string }>;
  /** The texts of all audit entries so far. */
  audit(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens the services of a broker on a fresh database. */
export async function openServices(database: 'embedded' | 'postgres'): Promise<TestServices> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-test-'));
  const { options, remove } = await makePlace(database);
  const { services, close } = await compose(
    {
      ...(options.url === undefined ? {} : { databaseUrl: options.url }),
      dataDir: options.dataDir ?? join(folder, 'data'),
      keyFile: join(folder, 'config', 'key'),
      publicUrl: 'http://localhost:8700',
      publicUrlIsLoopback: true,
      host: '127.0.0.1',
      port: 8700,
      privateUpstreams: [],
      trustedProxies: [],
      warnings: [],
    },
    silent,
    (error) => {
      throw error;
    },
  );
  let ahead = 0;
  const as = <A extends Actor>(actor: A, address = '192.0.2.1'): Ctx<A> => ({
    ...eachRefusal(services),
    now: () => Date.now() + ahead,
    actor,
    request_id: `req_test${randomBytes(4).toString('hex')}`,
    address,
  });
  return {
    services,
    advance: (ms) => {
      ahead += ms;
    },
    asPublic: (address) => as({ kind: 'public' }, address),
    as,
    owner: async () => {
      const token = `fake-setup-token-${randomBytes(8).toString('hex')}`;
      await openSetup(as({ kind: 'system' }, ''), { token });
      const [email, password] = ['owner@example.com', `not a real password ${randomBytes(8).toString('hex')}`];
      const input = { setup_token: token, email, name: 'Test Owner', password, client: 'browser' } as const;
      const signed = await setUp(as({ kind: 'public' }), input);
      return {
        ctx: as(await authenticateSession(services, { token: signed.token.expose(), client: 'browser' })),
        email,
        password,
      };
    },
    audit: async () => {
      const listing = await listAuditEvents(services.store.db, { organization_id: 'default', limit: 1000 });
      return listing.items.map(({ event }) => event).reverse();
    },
    close: async () => {
      await close();
      await remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
