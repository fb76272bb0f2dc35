/** The forms of a message: a signed webhook, a card for a chat, a mail. */
import { createHmac } from 'node:crypto';
import type { Mail } from '../context.ts';
import type { Message } from './message.ts';

/** A message as it is posted. */
export interface Posted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A webhook signed by the Standard Webhooks spec: HMAC-SHA256 over id, time in seconds and body. `secret` is `whsec_` and base64. `now` in
 * milliseconds.
 */
export function webhookOf(
  { id, event, link }: Message,
  { secret, now }: { readonly secret: string; readonly now: number },
): Posted {
  const timestamp = String(Math.floor(now / 1000));
  const data = { ...event, ...(link !== undefined && { link }) };
  const body = JSON.stringify({ type: event.kind, timestamp: event.at, data });
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
    body,
  };
}

/** A card for an incoming webhook of Slack or its like. Values are plain text, in which nothing is formatted, linked or calls anybody. */
export function cardOf({ title, facts, link, undo }: Message): Posted {
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  const fields = lines.slice(0, 10).map(plain);
  const linked =
    link === undefined ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: `<${link}|Look at it in Writ>` } }];
  const undone =
    undo === undefined ? [] : [{ type: 'context', elements: [plain(`To look at it and undo it: ${undo}`)] }];
  const blocks = [
    { type: 'header', text: plain(title) },
    ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
    ...linked,
    ...undone,
  ];
  // What is shown where blocks are not, such as in a phone's notices, is read as mrkdwn.
  return { headers: {}, body: JSON.stringify({ text: escaped([title, ...lines.slice(0, 3)].join(' - ')), blocks }) };
}

/** Text that is no mrkdwn: the three characters that Slack wants escaped, and those that format, with a word joiner after each. */
function escaped(text: string): string {
  const shown = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return shown.replace(/[*_~`@#]/g, (sign) => `${sign}\u2060`);
}

/** A mail in plain text. */
export function mailOf({ id, title, facts, link, undo }: Message, to: string): Mail {
  const lines = [
    title,
    '',
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(link === undefined ? [] : ['', `Look at it in Writ: ${link}`]),
    ...(undo === undefined ? [] : ['', `To look at it and undo it: ${undo}`]),
    '',
  ];
  return { id, to, subject: `Writ: ${title}`, text: lines.join('\n') };
}
