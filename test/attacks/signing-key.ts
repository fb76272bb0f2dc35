import { randomBytes } from 'node:crypto';
import { listSigningKeys, openStore, DEFAULT_ORGANIZATION as organization_id } from '@writ/store';
import { openSigningKey, type SigningKey } from '@writ/tokens';
import { createVault, openKeyFile } from '@writ/vault';

/**
 * The key a broker on Postgres signs with, unsealed by its key file: so that an attack can be signed as the broker would, and only
 * the attack is wrong.
 */
export async function signingKeyOf(env: Readonly<Record<string, string>>): Promise<SigningKey> {
  const wrapper = await openKeyFile(env['WRIT_KEY_FILE'] ?? '', { mayCreate: false, randomBytes });
  const vault = createVault({ wrapper, randomBytes });
  const store = await openStore({ url: env['DATABASE_URL'] ?? '', now: Date.now });
  try {
    const [row] = await listSigningKeys(store.db, { organization_id, states: ['active'] });
    if (row === undefined) throw new Error('the broker has no active signing key');
    const private_key = await vault.openSigningKey(row.sealed_private, { organization_id, kid: row.kid });
    return await openSigningKey({ kid: row.kid, private_key });
  } finally {
    await store.close();
  }
}
