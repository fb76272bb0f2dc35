/** Exports for tests: of a database with a row in every table, and a secret wherever one may be. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { exportData, type FileSecret, newFileKey } from '@writ/broker';
import { Secret } from '@writ/core';
import { DEFAULT_ORGANIZATION, openAuditLog, type Store } from '@writ/store';
import { createVault, LocalKey } from '@writ/vault';
import { fillEveryTable } from './every-table.ts';

export const organization_id = DEFAULT_ORGANIZATION;
const now = Date.now;
export const pair = generateKeyPairSync('x25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
export const passphrase = {
  passphrase: new Secret(`not a real passphrase ${randomBytes(8).toString('hex')}`, 'passphrase'),
};
export const newKey = (): LocalKey => new LocalKey(randomBytes(32), { randomBytes });

/** The bytes of a request that waits. */
export const BODY = `fake-body-${randomBytes(8).toString('hex')}`;
export const ROOT = `fake-root-token-${randomBytes(8).toString('hex')}`;
export const SIGNING = `fake-signing-key-${randomBytes(8).toString('hex')}`;
export const [PASSWORD_HASH, SECRET_HASH, TOKEN_HASH] = ['password', 'secret', 'token'].map(
  (what) => `fake-${what}-hash-${randomBytes(8).toString('hex')}`,
);
/** The URL of a webhook. */
export const URL_OF = `{"url":"https://hooks.example.com/${randomBytes(8).toString('hex')}"}`;
export const credential = { organization_id, connection_id: 'x', credential_id: 'x', origin: 'x', version: 7 };

/** Fills every table; what is sealed is sealed with this key. */
export async function fill(store: Store, key: LocalKey): Promise<void> {
  const vault = createVault({ wrapper: key, randomBytes });
  const signing = JSON.stringify(await vault.sealSigningKey(new Secret(SIGNING, 'key'), { organization_id, kid: 'x' }));
  const kept = { organization_id, kek_id: 'x', purpose: 'x' };
  const body = { organization_id, id: 'x', part: 'request' } as const;
  const at = { organization_id, id: 'x' };
  const values: Readonly<Record<string, string>> = {
    'credentials.sealed': JSON.stringify(await vault.sealCredential(new Secret(ROOT, 'root'), credential)),
    'credentials.version': '7',
    'credentials.origin': 'x',
    'credentials.environments': '["a"]',
    'credentials.replaced_at': '',
    'signing_keys.sealed_private': signing,
    'signing_keys.state': 'active',
    'signing_keys.public_jwk': '{}',
    'checkpoint_keys.sealed_private': signing,
    'checkpoint_keys.kid': 'x',
    'kept_keys.sealed': JSON.stringify(await vault.sealKeptKey(new Secret('AAAA', 'kept'), kept)),
    'notifications.sealed': JSON.stringify(await vault.sealNotification(new Secret(URL_OF, 'notification'), at)),
    'kept_bodies.sealed': JSON.stringify(await vault.sealKeptBody(new Secret(BODY, 'body'), body)),
    'vault_keys.kek_id': key.kekId,
    'users.password_hash': PASSWORD_HASH ?? '',
    'users.role': 'owner',
    'users.deleted_at': '',
    'clients.secret_hash': SECRET_HASH ?? '',
    'clients.auth': '{"method":"client_secret_basic"}',
    'clients.deleted_at': '',
    'connections.deleted_at': '',
    'sessions.token_hash': TOKEN_HASH ?? '',
    'one_time_links.token_hash': TOKEN_HASH ?? '',
  };
  await fillEveryTable(store, (table, column) => {
    const value = values[`${table}.${column}`];
    return value === '' ? 'null' : value && `'${value}'`;
  });
  const log = openAuditLog(store, { organization_id });
  for (let n = 0; n < 5; n += 1) await log.append({ kind: 'data.test', data: { n } });
}

/** The lines of an export; with `secret`, with secrets. */
export async function exported(store: Store, secret?: { from: LocalKey; by: FileSecret }): Promise<string[]> {
  const secrets = secret && { from: secret.from, to: await newFileKey(secret.by, randomBytes) };
  const { lines } = await exportData({ store, now, randomBytes, ...(secrets && { secrets }) });
  return await Array.fromAsync(lines);
}

export async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
