/** Fills a new database through the store's own functions, so that it is one as brokers make it: keys, chain and all. */
import { randomBytes } from 'node:crypto';
import type { Ctx, Services, UserActor } from '@writ/broker';
import { makeId } from '@writ/core';
import { isSetUp } from '@writ/store';
import { compose } from '../../../apps/server/src/compose.ts';
import type { ServerConfig } from '../../../apps/server/src/config.ts';
import { StartError } from '../../../apps/server/src/start-error.ts';
import { type As, signUp } from '../../support/sign-up.ts';
import { writeLog } from './log.ts';
import { addPeople, type Person } from './people.ts';
import { addWaiting } from './waiting.ts';
import { addClients, addConnections, addGrants } from './world.ts';

/** How much to make. */
export interface Sizes {
  readonly clients: number;
  readonly grants: number;
  readonly events: number;
}

type IdKind = Parameters<typeof makeId>[0];

/** What all parts of the filling use. */
export interface Seeding {
  readonly services: Services;
  readonly owner: Ctx<UserActor>;
  /** The time of what is made now, milliseconds. */
  readonly clock: { at: number };
  readonly sizes: Sizes;
  /** Makes an id as of the clock's time. */
  id(kind: IdKind): string;
}

/** For how long things have been going on. */
const DAYS = 30;

/** Fills it, and answers who can sign in. Throws a `StartError` where there is something in the database already. */
export async function seed(
  config: ServerConfig,
  sizes: Sizes,
): Promise<{ readonly people: readonly Person[]; readonly seconds: number }> {
  const began = Date.now();
  const clock = { at: began };
  // Opening looks whether the machine's clock is right.
  let opened = false;
  const now = (): number => (opened ? clock.at : Date.now());
  const onLost = (error: Error): never => {
    throw error;
  };
  const quiet = (): void => undefined;
  const log = { info: quiet, warn: quiet, error: quiet };
  const { services, close } = await compose(config, { log, onLost, now });
  try {
    if (await isSetUp(services.store.db, services)) {
      throw new StartError('There is something in this database already: only a new one is filled.');
    }
    clock.at = began - DAYS * 86_400_000;
    opened = true;
    const first = await firstOwner(services);
    const id = (kind: IdKind): string => makeId(kind, { now: clock.at, randomBytes });
    const seeding: Seeding = { services, owner: first.ctx, clock, sizes, id };
    const people = [first.person, ...(await addPeople(seeding))];
    const places = await addConnections(seeding);
    const clients = await addClients(seeding);
    const grants = await addGrants(seeding, { places, clients });
    const tasks = await writeLog(seeding, { places, clients, grants, until: began });
    clock.at = Math.max(began, Date.now());
    await addWaiting(seeding, { places, tasks });
    return { people, seconds: Math.round((Date.now() - began) / 1000) };
  } finally {
    await close();
  }
}

async function firstOwner(services: Services): Promise<{ readonly ctx: Ctx<UserActor>; readonly person: Person }> {
  const as: As = (actor, address = '127.0.0.1') => ({
    ...services,
    actor,
    request_id: makeId('request', { now: services.now(), randomBytes }),
    address,
  });
  const named = { email: 'owner@example.com', name: 'Olivia Owner' };
  const { ctx, password } = await signUp(as, named);
  return { ctx: { ...ctx, asserted: 'password' }, person: { role: 'owner', ...named, password } };
}
