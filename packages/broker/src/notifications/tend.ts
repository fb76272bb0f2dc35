/** The background work of notifications, at any broker: who is to be told of what was recorded, and telling them. */
import {
  addDeliveries,
  auditHead,
  endDelivery,
  getNotification,
  getUser,
  giveUpDelivery,
  type LoggedEvent,
  listNotifications,
  listUsers,
  loggedAfter,
  type Notification,
  postponeDelivery,
  type TakenDelivery,
  takeDeliveries,
  takeNotified,
} from '@writ/store';
import { change } from '../audit/record.ts';
import type { Ctx, SystemActor } from '../context.ts';
import { kindsOf } from '../events/view.ts';
import { dataOf } from '../logged/data.ts';
import { concernedBy, OWNERS_KINDS, ownersNotice } from '../logged/owners.ts';
import { messageOf } from './message.ts';
import { sendMail, sendTo } from './send.ts';

/** How many entries are looked at, and how many messages are sent, at once. */
const PAGE = 200;
const AT_ONCE = 20;

/** For how long a broker that has taken a message may need: far over the longest sending, in milliseconds. */
const LEASE = 120_000;

/** How often a message is tried before it is given up, and the first pause (ms), which grows threefold up to the longest. */
const MOST_ATTEMPTS = 12;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 4 * 3600_000;

/** Finds out who is to be told of what was recorded, and sends what is due. */
export async function tendNotifications(ctx: Ctx<SystemActor>): Promise<void> {
  while (await findMessages(ctx));
  const { organization_id, store } = ctx;
  const taken = await takeDeliveries(store.db, { organization_id, limit: AT_ONCE, lease_ms: LEASE });
  await Promise.all(taken.map((delivery) => deliver(ctx, delivery)));
}

interface Receivers {
  readonly notifications: readonly Notification[];
  /** The owners who can be told by mail. */
  readonly owners: readonly string[];
}

async function receiversOf({ store, organization_id, mail }: Ctx): Promise<Receivers> {
  const { items: notifications } = await listNotifications(store.db, { organization_id, limit: 1_000 });
  if (mail === undefined) return { notifications, owners: [] };
  const { items: users } = await listUsers(store.db, { organization_id, limit: 1_000 });
  const owners = users.filter(({ role, password_hash }) => role === 'owner' && password_hash !== null);
  return { notifications, owners: owners.map(({ id }) => id) };
}

/** Looks at the next entries of the log. Returns true where there may be more. */
async function findMessages(ctx: Ctx): Promise<boolean> {
  const { store, organization_id } = ctx;
  const receivers = await receiversOf(ctx);
  const { notifications, owners } = receivers;
  if (notifications.length === 0 && owners.length === 0) return false;
  const kinds = [...new Set([...notifications.flatMap(({ events }) => kindsOf(events)), ...OWNERS_KINDS])];
  const { seq: until } = await auditHead(store.db, { organization_id });
  return await store.transaction(async (tx) => {
    const seen = await takeNotified(tx, { organization_id, head: until });
    if (seen === undefined) return false;
    // Nobody is told of what was before they were added, however long nobody was told of anything.
    const first = owners.length > 0 ? seen : Math.min(...notifications.map(({ since_seq }) => since_seq));
    const after = Math.max(seen, first);
    const events = await loggedAfter(tx, { organization_id, after, until, kinds, limit: PAGE });
    const messages = events.flatMap((event) =>
      receiversFor(event, receivers).map((receiver) => ({ seq: event.seq, receiver })),
    );
    const isFull = events.length === PAGE;
    const upTo = isFull ? (events.at(-1)?.seq ?? until) : until;
    await addDeliveries(tx, { organization_id, seq: upTo, messages });
    return isFull;
  });
}

function receiversFor(event: LoggedEvent, { notifications, owners }: Receivers): readonly string[] {
  // What happens to a notification is not told there: one that fails would give itself work for ever.
  const about = dataOf(event.event)['notification_id'];
  const told = notifications.filter(
    ({ id, events, since_seq }) => id !== about && event.seq > since_seq && kindsOf(events).includes(event.kind),
  );
  const concerned = concernedBy(event);
  const others = owners.filter((id) => event.actor !== `user:${id}` && id !== concerned);
  const mailed = ownersNotice(event) === undefined ? [] : others;
  // Where there is no mail there are no owners to mail to either.
  const self = concerned === undefined || owners.length === 0 ? [] : [concerned];
  return [...told.map(({ id }) => id), ...mailed, ...self];
}

async function deliver(ctx: Ctx<SystemActor>, delivery: TakenDelivery): Promise<void> {
  const { store, organization_id, log } = ctx;
  const { seq, receiver, attempts, is_last } = delivery;
  try {
    const [event] = await loggedAfter(store.db, { organization_id, after: seq - 1, until: seq, limit: 1 });
    const reason = event === undefined ? undefined : await sendEvent(ctx, receiver, event);
    if (reason === undefined) await endDelivery(store.db, delivery);
    else if (attempts >= MOST_ATTEMPTS || is_last) await giveUp(ctx, delivery, reason);
    else {
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 3 ** (attempts - 1));
      await postponeDelivery(store.db, { ...delivery, after_ms: pause, error: reason });
    }
  } catch (error) {
    // It is sent again once its time is over: better twice than not at all.
    log.error('delivery_not_noted', error, { receiver });
  }
}

/** Sends an event to a notification, or to a user by mail. One who is gone needs nothing. */
async function sendEvent(ctx: Ctx, receiver: string, event: LoggedEvent): Promise<string | undefined> {
  const { store, organization_id } = ctx;
  const message = messageOf(ctx, event);
  const notification = await getNotification(store.db, { organization_id, id: receiver });
  if (notification !== undefined) return await sendTo(ctx, notification, message);
  const user = await getUser(store.db, { organization_id, id: receiver });
  return user === undefined ? undefined : await sendMail(ctx, user.email, message);
}

async function giveUp(ctx: Ctx<SystemActor>, { is_last: _, ...delivery }: TakenDelivery, error: string): Promise<void> {
  await change(ctx, async (tx) => {
    const gaveUp = await giveUpDelivery(tx, { ...delivery, error });
    if (!gaveUp) return { result: undefined, happened: [] };
    const { receiver, seq, attempts } = delivery;
    const data = { notification_id: receiver, event: seq, attempts, reason: error };
    return { result: undefined, happened: { kind: 'notification.given_up', data } };
  });
}
