import type { Mail } from '@writ/broker';
import { createTransport } from 'nodemailer';
import type { ServerConfig } from './config.ts';

/** How long a mail server may take for each step, in milliseconds. */
const PATIENCE = 10_000;

/** Makes what sends mail by SMTP: text alone, and neither files nor URLs are ever read for one. */
export function createMailer({ smtpUrl, from }: NonNullable<ServerConfig['mail']>): (mail: Mail) => Promise<void> {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ id, to, subject, text }) => {
    const messageId = `<${id}@${domain}>`;
    await transport.sendMail({ from, to: { name: '', address: to }, subject, text, messageId });
  };
}
