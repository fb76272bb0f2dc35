import { z } from 'zod';
import { id, line, page, time } from './common.ts';
import { selectsKinds } from './events.ts';

/** A kind of event, or the beginning of several: `freeze` stands for every kind of it. */
const selected = z.string().max(100).refine(selectsKinds, 'is no kind of event, and no beginning of one');

/** What one is told of, where nothing else is chosen. */
const ALARMS = [
  ...['approval', 'allowance.created', 'allowance.ended', 'hold', 'freeze', 'task.frozen'],
  ...['guardrails', 'notification', 'passkey.refused'],
].filter(selectsKinds);

const events = z.array(selected).min(1).max(50);
const name = line(100);
const url = z.string().min(1).max(2_000);
const address = z.email().max(200);

/** A new notification: to a webhook signed by the Standard Webhooks spec, to an incoming webhook of Slack or its like, or by mail. */
export const createNotification = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), name, url, events: events.default(ALARMS) }),
  z.strictObject({ kind: z.literal('slack'), name, url, events: events.default(ALARMS) }),
  z.strictObject({ kind: z.literal('mail'), name, address, events: events.default(ALARMS) }),
]);

/** What may be changed: `url` of a webhook, `address` of a mail. */
export const patchNotification = z.strictObject({
  name: name.optional(),
  events: events.optional(),
  url: url.optional(),
  address: address.optional(),
});

/**
 * A notification. `target` is the host of a webhook, whose URL is a secret, or a mail address. `failing_since` is null while the last
 * message arrived; `given_up` counts messages that never did.
 */
export const notification = z.object({
  id,
  name: z.string(),
  kind: z.enum(['webhook', 'slack', 'mail']),
  target: z.string(),
  events: z.array(z.string()),
  created_by: z.string(),
  created_at: time,
  last_sent_at: time.nullable(),
  failing_since: time.nullable(),
  last_error: z.string().nullable(),
  given_up: z.number().int(),
});

export const notifications = page(notification);

/** The new one, and for a webhook, this once, the secret by which its messages are signed. */
export const createdNotification = notification.extend({ signing_secret: z.string().optional() });

/** Whether the message arrived, and if not, why. */
export const testedNotification = z.object({ delivered: z.boolean(), reason: z.string().nullable() });
