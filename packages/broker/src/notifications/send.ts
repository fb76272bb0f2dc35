import { inertLine, WritError } from '@writ/core';
import type { Notification } from '@writ/store';
import type { Services } from '../context.ts';
import { cardOf, mailOf, webhookOf } from './forms.ts';
import type { Message } from './message.ts';
import { openWebhook } from './place.ts';

/** Sends a message. Returns undefined where it arrived, else why not: a sentence that holds nothing secret. */
export async function sendTo(services: Services, to: Notification, message: Message): Promise<string | undefined> {
  try {
    if (to.kind === 'mail') return await sendMail(services, to.target, message);
    const { url, signing_secret: secret } = await openWebhook(services, to);
    const posted =
      to.kind === 'slack' || secret === undefined
        ? cardOf(message)
        : webhookOf(message, { secret, now: services.now() });
    const status = await services.live.post(url, posted);
    return status >= 200 && status < 300 ? undefined : `It answered ${status}.`;
  } catch (error) {
    if (error instanceof WritError)
      return inertLine(error.message.replace('The provider could not', 'It could not'), 300);
    services.log.error('notification_failed', error, { notification_id: to.id });
    return 'It could not be sent.';
  }
}

/** Sends a mail. Returns undefined where the mail server took it, else why not. */
export async function sendMail(
  { mail, log }: Services,
  address: string,
  message: Message,
): Promise<string | undefined> {
  if (mail === undefined) return 'No mail server is set: WRIT_SMTP_URL, WRIT_MAIL_FROM.';
  try {
    await mail(mailOf(message, address));
    return undefined;
  } catch (error) {
    log.error('mail_failed', error);
    return 'The mail server did not take it.';
  }
}
