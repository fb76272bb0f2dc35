/** A broker that foreign OAuth libraries talk to: a client with a secret, one with a key, and one that verifies. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { exportJWK } from 'jose';
import type { CryptoKey } from 'oauth4webapi';
import { startBroker } from '../support/broker.ts';

/** The broker, and what the clients prove themselves with. */
export interface Foreign {
  readonly issuer: URL;
  /** Of the client `script`. */
  readonly secret: string;
  /** Of the client `keyed`: it cannot be exported. */
  readonly privateKey: CryptoKey;
  /** Of the client `verifier`, which may ask about the tokens of others. */
  readonly verifierSecret: string;
  /** The resource that the clients ask tokens for. */
  readonly resource: string;
  close(): Promise<void>;
}

/** Starts the broker and adds the clients. */
export async function startForeign(): Promise<Foreign> {
  const broker = await startBroker({ database: 'postgres' });
  const { client } = await broker.owner();
  const basic = { method: 'client_secret_basic' } as const;
  const kind = 'automation' as const;
  const script = await client.call('clients.create', { client_id: 'script', kind, name: 'Script', auth: basic });
  const scopes: ['writ:introspect'] = ['writ:introspect'];
  const verifier = { client_id: 'verifier', kind: 'agent' as const, name: 'Verifier', auth: basic, scopes };
  const verifying = await client.call('clients.create', verifier);
  const pair = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '' } = await exportJWK(pair.publicKey);
  const auth = { method: 'private_key_jwt' as const, jwks: { keys: [{ kty, crv, x, y, kid: 'k1' }] } };
  await client.call('clients.create', { client_id: 'keyed', kind, name: 'Keyed', auth });
  const es256 = { name: 'ECDSA', namedCurve: 'P-256' };
  const jwk = pair.privateKey.export({ format: 'jwk' });
  return {
    issuer: new URL(broker.url),
    secret: script.client_secret ?? '',
    privateKey: await crypto.subtle.importKey('jwk', jwk, es256, false, ['sign']),
    verifierSecret: verifying.client_secret ?? '',
    resource: `${broker.url}/api/v1`,
    close: () => broker.remove(),
  };
}
