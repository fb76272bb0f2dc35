import { WritError } from '@writ/core';
import {
  holdMigrations,
  isVaultKey,
  keepKeys,
  listSealedCredentials,
  lockSealed,
  type Resealed,
  replaceVaultKey,
  reseal,
  type SealedCredential,
  type SealedRows,
} from '@writ/store';
import { type LocalKey, type RewrapContext, rewrap } from '@writ/vault';
import { change } from '../audit/record.ts';
import type { Ctx, SystemActor } from '../context.ts';
import { outlivingKeys } from './outliving.ts';

/** A root credential that somebody with the old key and the database could read. */
export type RootCredential = Pick<SealedCredential, 'connection' | 'kind' | 'environments' | 'created_at'>;

/** The current key and the new one. */
export interface KeyReplacement {
  readonly from: LocalKey;
  readonly to: LocalKey;
}

/**
 * Replaces the key-encryption key: wraps every data key anew, keeps the derived keys that must outlive the old one, ends sessions and
 * one-time links. All in one transaction: until it is committed the old key holds, afterwards only the new one. A broker that still runs
 * with the old key can change nothing from then on. Throws `unavailable`, `conflict`.
 */
export async function replaceKey(ctx: Ctx<SystemActor>, { from, to }: KeyReplacement): Promise<void> {
  const { organization_id } = ctx;
  if (from.kekId === to.kekId) throw new WritError('conflict', { detail: `The new key is the old one, ${to.kekId}.` });
  await change({ ...ctx, kek_id: to.kekId }, async (tx) => {
    await holdMigrations(tx);
    const rows = await lockSealed(tx, { organization_id });
    if (!(await isVaultKey(tx, { organization_id, kek_id: from.kekId }))) throw replacedMeanwhile(from);
    for (const { row, context } of sealedTo(rows, organization_id)) {
      const sealed = await rewrap(row.sealed, { context, from, to });
      await reseal(tx, { organization_id, row: { ...row, sealed } });
    }
    await keepKeys(tx, await outlivingKeys({ ...ctx, from, to, now: ctx.now() }));
    const sessions = await replaceVaultKey(tx, {
      organization_id,
      kek_id: to.kekId,
      replaced: from.kekId,
      now: ctx.now(),
    });
    const data = {
      from: from.kekId,
      to: to.kekId,
      credentials: rows.credentials.length,
      signing_keys: rows.signing_keys.length,
      sessions_ended: sessions,
    };
    return {
      result: undefined,
      happened: { kind: 'vault_key.replaced', data },
      epochs: [{ scope: 'organization', subject: organization_id }],
    };
  });
}

function replacedMeanwhile({ kekId }: LocalKey): WritError {
  return new WritError('conflict', { detail: `The key ${kekId} was replaced meanwhile. Nothing was changed.` });
}

/** A sealed secret, and what it is sealed to. */
interface SealedTo {
  readonly row: Resealed;
  readonly context: RewrapContext;
}

function sealedTo(rows: SealedRows, organization_id: string): SealedTo[] {
  const signing = (table: 'signing_keys' | 'checkpoint_keys'): SealedTo[] =>
    rows[table].map(({ kid, sealed }) => ({
      row: { table, kid, sealed },
      context: { signing_key: { organization_id, kid } },
    }));
  return [
    ...rows.credentials.map(({ id, connection_id, origin, version, sealed }) => ({
      row: { table: 'credentials' as const, id, sealed },
      context: { credential: { organization_id, connection_id, credential_id: id, origin, version } },
    })),
    ...signing('signing_keys'),
    ...signing('checkpoint_keys'),
    ...rows.kept_keys.map(({ kek_id, purpose, sealed }) => ({
      row: { table: 'kept_keys' as const, kek_id, purpose, sealed },
      context: { kept_key: { organization_id, kek_id, purpose } },
    })),
    ...rows.notifications.map(({ id, sealed }) => ({
      row: { table: 'notifications' as const, id, sealed },
      context: { notification: { organization_id, id } },
    })),
    ...rows.kept_bodies.map(({ id, part, sealed }) => ({
      row: { table: 'kept_bodies' as const, id, part, sealed },
      context: { kept_body: { organization_id, id, part } },
    })),
  ];
}

/** The root credentials in use: after a leak of the key each is to be replaced at its provider. */
export async function rootCredentials({ store, organization_id }: Ctx): Promise<readonly RootCredential[]> {
  return await listSealedCredentials(store.db, { organization_id });
}
