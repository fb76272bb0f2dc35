/** How brokers learn that one of them has died, and then record that the ends of its requests are not known. */
import { type AuditResult, defined, type JsonObject } from '@writ/core';
import {
  appendIn,
  type Db,
  deleteBroker,
  keepBroker,
  listUnended,
  type SilentBroker,
  type Tx,
  takeSilentBroker,
  type Unended,
} from '@writ/store';
import type { Ctx, SystemActor } from '../context.ts';
import type { BrokerEvent } from '../event.ts';

/** How long a broker may be silent before it counts as dead, in milliseconds: six times as long as between two signs of life. */
const SILENT = 60_000;

/** How many events are looked through at once. */
const PAGE = 500;

/**
 * Records that this broker lives, and up to where everything it allowed has ended. Then looks after brokers that have died: each request
 * they allowed that has no recorded end is recorded as `unknown`. The embedded database has one broker at a time, so every other broker
 * is dead. A broker that was only stalled for a minute may still record an end after that.
 */
export async function tendBrokers(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id, store, audit, live } = ctx;
  const { underway } = live;
  for (const request of underway.open()) {
    if (request.unrecorded === undefined) continue;
    await audit.append(request.unrecorded);
    request.end();
  }
  await settleDoubtful(ctx);
  const now = ctx.now();
  await keepBroker(store.db, { organization_id, id: underway.broker_id, now, settled_seq: underway.settled() });
  const seen_before = store.kind === 'embedded' ? now + SILENT : now - SILENT;
  const taking = { organization_id, other_than: underway.broker_id, seen_before };
  while (
    await store.transaction(async (tx) => {
      const dead = await takeSilentBroker(tx, taking);
      if (dead !== undefined) await recordUnknown(ctx, { tx, dead });
      return dead !== undefined;
    })
  );
}

/** Records the end of requests that were not sent because their record was not acknowledged, where that record is there nevertheless. */
async function settleDoubtful({ organization_id, store, audit, live: { underway } }: Ctx<SystemActor>): Promise<void> {
  const doubtful = underway.doubtful();
  if (doubtful.length === 0) return;
  const ids = new Set(doubtful.map(({ request_id }) => request_id));
  for (const one of await unendedOf(store.db, {
    organization_id,
    id: underway.broker_id,
    settled_seq: underway.settled(),
  })) {
    if (ids.has(one.request_id)) await audit.append(endEvent(one, { result: 'unavailable', reason: 'not_sent' }));
  }
  for (const request of doubtful) request.end();
}

async function recordUnknown(
  ctx: Ctx<SystemActor>,
  { tx, dead }: { readonly tx: Tx; readonly dead: SilentBroker },
): Promise<void> {
  const { organization_id } = ctx;
  const found = await unendedOf(tx, { organization_id, ...dead });
  const how = { result: 'unknown', reason: 'broker_gone' } as const;
  for (const one of found) await appendIn(tx, { organization_id, now: ctx.now(), event: endEvent(one, how) });
  if (found.length > 0) ctx.log.warn('outcomes_unknown', { count: found.length });
}

/** The requests that a broker allowed and of which no end is recorded. */
async function unendedOf(
  db: Db | Tx,
  { organization_id, id, settled_seq }: SilentBroker & { readonly organization_id: string },
) {
  const found: Unended[] = [];
  for (let after: number | undefined = settled_seq; after !== undefined; ) {
    const page: readonly Unended[] = await listUnended(db, { organization_id, after, limit: PAGE });
    found.push(...page.filter(({ event }) => brokerOf(event) === id));
    after = page.length === PAGE ? page.at(-1)?.seq : undefined;
  }
  return found;
}

function brokerOf(entry: string): unknown {
  const { data } = JSON.parse(entry) as { readonly data?: JsonObject };
  return data?.['broker'];
}

type Facts = Omit<Unended, 'event'>;

/** The end of a request as it is recorded by a broker that did not see it. */
function endEvent(
  { seq, request_id, client_id, task_id, connection }: Facts,
  { result, reason }: { readonly result: AuditResult; readonly reason: string },
): BrokerEvent {
  return {
    kind: 'request.ended',
    actor: 'system',
    result,
    request_id,
    ...defined({
      client_id: client_id ?? undefined,
      task_id: task_id ?? undefined,
      connection: connection ?? undefined,
    }),
    data: { decided_in: seq, reason },
  };
}

/** How long requests that were cut off may take to be answered and recorded; and then, how long their records may take. In milliseconds. */
const ENDING = 1_000;

/**
 * Cuts off what is under way and records how it ended, `unknown` where that is not known; then this broker counts as ended. Returns
 * within twice `ENDING`: what could not be recorded by then, the next broker records.
 */
export async function leaveBrokers(ctx: Ctx<SystemActor>): Promise<void> {
  const { organization_id, store, audit, live } = ctx;
  await live.underway.stop(ENDING);
  const how = { result: 'unknown', reason: 'stopping' } as const;
  const records = live.underway.open().map(async (request) => {
    const { request_id, facts, floor, unrecorded } = request;
    await audit.append(unrecorded ?? endEvent({ seq: floor + 1, request_id, ...facts }, how));
    request.end();
  });
  const all = Promise.all(records).then(async () => {
    // Where something is in doubt, the next broker looks after this one as after a dead one.
    if (live.underway.doubtful().length > 0) return;
    await deleteBroker(store.db, { organization_id, id: live.underway.broker_id });
  });
  await Promise.race([
    all.catch((error: unknown) => ctx.log.error('outcomes_unrecorded', error)),
    new Promise((resolve) => setTimeout(resolve, ENDING)),
  ]);
}
