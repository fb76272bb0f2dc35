import type { OutputOf } from '@writ/api';
import { isJsonObject, type JsonValue } from '@writ/core';
import { type Connection, type Credential, listCredentials } from '@writ/store';
import { z } from 'zod';
import type { Ctx } from '../context.ts';
import { timeOrNull, timeOut } from '../page.ts';
import { findingOf } from '../record/finding.ts';

const settingsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** A connection as the API shows it: never a credential's value. */
export async function connectionView(ctx: Ctx, row: Connection): Promise<OutputOf<'connections.get'>> {
  const { organization_id, store } = ctx;
  const credentials = await listCredentials(store.db, { organization_id, connection_id: row.id });
  const finding = findingOf(row);
  return {
    id: row.id,
    slug: row.slug,
    provider: row.provider,
    base_url: row.base_url,
    settings: settingsOf(row.settings),
    credentials: credentials.map((credential) => credentialView(row, credential)),
    identity: finding?.identity ?? null,
    reach: finding === undefined ? null : finding.reach,
    created_at: timeOut(row.created_at),
  };
}

function settingsOf(value: JsonValue): z.infer<typeof settingsSchema> {
  const read = settingsSchema.safeParse(value);
  return isJsonObject(value) && read.success ? read.data : {};
}

/** A root credential as the API shows it: never its value. */
export function credentialView(
  row: Connection,
  credential: Credential,
): OutputOf<'connections.get'>['credentials'][number] {
  const checked = findingOf(row)?.checked[credential.id];
  const flagged = row.credential_flagged_at !== null && credential.created_at <= row.credential_flagged_at;
  const status = checked === undefined ? 'unverified' : checked.accepted ? 'verified' : 'rejected';
  return {
    id: credential.id,
    kind: credential.kind,
    version: credential.version,
    environments: credential.environments === null ? null : [...credential.environments],
    status: flagged ? ('flagged' as const) : (status as 'unverified' | 'verified' | 'rejected'),
    created_at: timeOut(credential.created_at),
    verified_at: timeOrNull(checked?.accepted === true ? checked.at : null),
  };
}
