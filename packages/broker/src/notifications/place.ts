/** Where a notification goes: what of it is shown, and what is sealed. */
import { isJsonObject, Secret, WritError } from '@writ/core';
import type { Notification } from '@writ/store';
import { readDialled } from '../connections/base-url.ts';
import type { Services } from '../context.ts';
import { wrong } from '../validation.ts';

/** The secret parts of a webhook. */
export interface Webhook {
  readonly url: string;
  /** `whsec_` and 32 bytes in base64, for a kind that signs. */
  readonly signing_secret?: string;
}

/** Checks a webhook's URL, and returns its host, all of it that is ever shown. Throws `validation_failed`. */
export function hostOf(services: Pick<Services, 'config'>, url: string): string {
  return readDialled(services, { text: url, field: 'url' }).host;
}

/** Throws `validation_failed` where no mail can be sent. */
export function demandMail({ mail }: Pick<Services, 'mail'>): void {
  if (mail !== undefined) return;
  throw wrong({
    field: 'kind',
    problem: 'needs a mail server: set WRIT_SMTP_URL and WRIT_MAIL_FROM, then start the broker again',
  });
}

/** Seals the secret parts of a webhook. */
export async function sealWebhook(
  services: Pick<Services, 'vault' | 'organization_id'>,
  id: string,
  webhook: Webhook,
): Promise<NonNullable<Notification['sealed']>> {
  const { vault, organization_id } = services;
  return await vault.sealNotification(new Secret(JSON.stringify(webhook), 'notification'), { organization_id, id });
}

/** Opens the secret parts of a webhook. Throws `unavailable`, also where they came without secrets from another place. */
export async function openWebhook(
  { vault }: Pick<Services, 'vault'>,
  { organization_id, id, sealed }: Pick<Notification, 'organization_id' | 'id' | 'sealed'>,
): Promise<Webhook> {
  if (sealed === null) throw new WritError('unavailable', { detail: 'Its URL is not here any more: give it again.' });
  const parts: unknown = JSON.parse((await vault.openNotification(sealed, { organization_id, id })).expose());
  if (!isJsonObject(parts) || typeof parts['url'] !== 'string') throw new WritError('internal');
  const { url, signing_secret } = parts;
  return { url, ...(typeof signing_secret === 'string' && { signing_secret }) };
}
