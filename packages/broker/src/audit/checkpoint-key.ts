import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { canonicalJson, formatNoteVerifier, type NoteSigner, Secret } from '@writ/core';
import { type CheckpointKey, findCheckpointKey, insertCheckpointKey, isVaultKey } from '@writ/store';
import type { Ctx } from '../context.ts';

/** The key that signs checkpoints, opened. */
export interface CheckpointSigner extends NoteSigner {
  /** Its public half as C2SP writes it: `name+keyid+base64`. */
  readonly vkey: string;
}

/**
 * Opens the organization's checkpoint key, and makes it where there is none; of several brokers one makes it. Its name, the log's origin,
 * is taken from the public URL then and stays, so that clients that pinned it need not pin another.
 */
export async function openCheckpointKey(ctx: Ctx): Promise<CheckpointSigner> {
  const { organization_id, store, vault } = ctx;
  const row = (await findCheckpointKey(store.db, { organization_id })) ?? (await makeKey(ctx));
  const secret = await vault.openSigningKey(row.sealed_private, { organization_id, kid: row.kid });
  const der = Buffer.from(secret.expose(), 'base64');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const vkey = formatNoteVerifier({ name: row.origin, publicKey: createPublicKey(privateKey) });
  if (vkey !== row.vkey) throw new Error('the checkpoint key is not the one that its row shows');
  return { name: row.origin, privateKey, vkey };
}

async function makeKey({ organization_id, kek_id, store, vault, config, now }: Ctx): Promise<CheckpointKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const origin = `${new URL(config.publicUrl).host}/audit/${organization_id}`;
  const kid = thumbprint(publicKey);
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const secret = new Secret(der.toString('base64'), 'checkpoint key');
  der.fill(0);
  const sealed_private = await vault.sealSigningKey(secret, { organization_id, kid });
  const vkey = formatNoteVerifier({ name: origin, publicKey });
  const row = { organization_id, origin, kid, vkey, sealed_private, created_at: now() };
  return await store.transaction(async (tx) => {
    const kept = await insertCheckpointKey(tx, row);
    if (!(await isVaultKey(tx, { organization_id, kek_id }))) throw new Error('the key-encryption key was replaced');
    return kept;
  });
}

/** RFC 7638, RFC 8037 appendix A.3. */
function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(canonicalJson({ crv, kty, x })).digest('base64url');
}
