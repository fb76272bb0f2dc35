import { type RandomBytes, Secret } from '@writ/core';
import type { KeptKey } from '@writ/store';
import { createVault, type KeyPurpose, type LocalKey } from '@writ/vault';

/** The keys whose hashes are compared again after years: secrets and passwords until their next use, digests of the log for ever. */
const OUTLIVING: readonly KeyPurpose[] = ['client_secret', 'password', 'audit_digest'];

/** A key-encryption key that goes, and the one that comes. `now` in milliseconds since 1970. */
export interface Succession {
  readonly organization_id: string;
  readonly from: LocalKey;
  readonly to: LocalKey;
  readonly randomBytes: RandomBytes;
  readonly now: number;
}

/** The derived keys that must outlive a key-encryption key, sealed with the next one. */
export async function outlivingKeys({ organization_id, from, to, randomBytes, now }: Succession): Promise<KeptKey[]> {
  const vault = createVault({ wrapper: to, randomBytes });
  const rows = OUTLIVING.map(async (purpose): Promise<KeptKey> => {
    const context = { organization_id, kek_id: from.kekId, purpose };
    const key = new Secret(from.deriveKey(purpose).export().toString('base64'), 'kept key');
    return { ...context, sealed: { ...(await vault.sealKeptKey(key, context)) }, kept_at: now };
  });
  return await Promise.all(rows);
}
