import { isJsonObject, WritError } from '@writ/core';
import { insertSigningKey, listSigningKeys, type SigningKey as SigningKeyRow } from '@writ/store';
import {
  activeKey,
  generateSigningKey,
  type KeyRecord,
  openSigningKey,
  type PublicJwk,
  type SigningKey,
} from '@writ/tokens';
import type { BaseServices } from '../context.ts';

/** The keys that sign access tokens, in memory. */
export interface KeyRing {
  /** The one that signs now. Throws `WritError` (`unavailable`) when there is none. */
  active(): SigningKey;
  /** What is remembered of a key, retired and compromised ones excepted. */
  find(kid: string): KeyRecord | undefined;
  records(): readonly KeyRecord[];
  /** Reads them anew. */
  reload(): Promise<void>;
}

/** Reads the keys; makes the first one where none is active. Of several brokers that start at once, one makes it. */
export async function openKeyRing(services: BaseServices): Promise<KeyRing> {
  let records: readonly KeyRecord[] = [];
  let signing: SigningKey | undefined;
  const reload = async (): Promise<void> => {
    const rows = await readKeys(services);
    const read = rows.map(recordOf);
    const active = activeKey(read);
    const row = rows.find(({ kid }) => kid === active?.kid);
    if (signing === undefined || signing.kid !== active?.kid) signing = row && (await open(services, row));
    records = read;
  };
  await reload();
  if (signing === undefined) {
    await makeFirst(services);
    await reload();
  }
  return {
    active: () => {
      if (signing === undefined) throw new WritError('unavailable', { detail: 'Writ has no key to sign with.' });
      return signing;
    },
    find: (kid) => records.find((record) => record.kid === kid),
    records: () => records,
    reload,
  };
}

function readKeys({ store, organization_id }: BaseServices): Promise<readonly SigningKeyRow[]> {
  return listSigningKeys(store.db, { organization_id, states: ['pending', 'active', 'retiring', 'compromised'] });
}

async function makeFirst({ store, vault, organization_id, now }: BaseServices): Promise<void> {
  const made = await generateSigningKey();
  const { kid } = made;
  const sealed_private = await vault.sealSigningKey(made.private_key, { organization_id, kid });
  const at = now();
  const row = { organization_id, kid, alg: 'ES256', state: 'active' as const, public_jwk: { ...made.public_jwk } };
  try {
    await store.transaction((tx) => insertSigningKey(tx, { ...row, sealed_private, created_at: at, activated_at: at }));
  } catch (error) {
    // Another broker was faster: its key is the one.
    if (!(error instanceof WritError && error.code === 'conflict')) throw error;
  }
}

async function open({ vault, organization_id }: BaseServices, row: SigningKeyRow): Promise<SigningKey> {
  const { kid } = row;
  const private_key = await vault.openSigningKey(row.sealed_private, { organization_id, kid });
  return await openSigningKey({ kid, private_key });
}

function recordOf({ kid, state, public_jwk, retired_at }: SigningKeyRow): KeyRecord {
  return { kid, state, public_jwk: publicJwk(public_jwk), ...(retired_at === null ? {} : { retired_at }) };
}

function publicJwk(value: unknown): PublicJwk {
  const jwk = isJsonObject(value) ? value : {};
  const text = (name: string): string => {
    const member = jwk[name];
    if (typeof member !== 'string') throw new WritError('internal', { cause: new Error('a stored key is damaged') });
    return member;
  };
  return { kty: 'EC', crv: 'P-256', x: text('x'), y: text('y'), kid: text('kid'), alg: 'ES256', use: 'sig' };
}
