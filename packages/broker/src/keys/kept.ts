/**
 * Keys derived from the key-encryption key, and those that are kept of a replaced one: what was hashed with them is still compared with
 * them.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { WritError } from '@writ/core';
import { listKeptKeys, type Store } from '@writ/store';
import type { LocalKey, Vault } from '@writ/vault';
import type { DeriveKey } from '../context.ts';

/** The database and vault from which kept keys are read. */
export interface KeptKeys {
  readonly store: Store;
  readonly vault: Vault;
  readonly organization_id: string;
}

/** Opens the kept keys, and returns the function that gives any key. */
export async function openKeys({ store, vault, organization_id }: KeptKeys, current: LocalKey): Promise<DeriveKey> {
  const kept = new Map<string, KeyObject>();
  for (const { kek_id, purpose, sealed } of await listKeptKeys(store.db, { organization_id })) {
    const opened = await vault.openKeptKey(sealed, { organization_id, kek_id, purpose });
    kept.set(`${kek_id}:${purpose}`, createSecretKey(Buffer.from(opened.expose(), 'base64')));
  }
  return (purpose, kek_id) => {
    if (kek_id === undefined) return current.deriveKey(purpose);
    const key = kept.get(`${kek_id}:${purpose}`);
    if (key === undefined) throw new WritError('unavailable', { detail: 'The key of this hash was not kept.' });
    return key;
  };
}

/** A hash as the database keeps it. When the key it was made by is replaced, it is marked with that key's id: `<kek_id>:<hash>`. */
export function readHash(stored: string): { readonly hash: string; readonly kek_id: string | undefined } {
  const end = stored.indexOf(':');
  return end < 0 ? { hash: stored, kek_id: undefined } : { hash: stored.slice(end + 1), kek_id: stored.slice(0, end) };
}
