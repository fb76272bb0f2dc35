import { randomBytes } from 'node:crypto';
import { issueToken, replaceKey } from '@writ/broker';
import { auditHead, bumpEpochs, getClient, updateClient } from '@writ/store';
import { hashClientSecret, newClientSecret } from '@writ/tokens';
import { LocalKey } from '@writ/vault';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { demandStillProved } from '../../packages/broker/src/oauth/client/authenticate.ts';
import { DATABASES } from '../support/store.ts';
import { basic, openTokenScene, type TokenScene } from '../support/token-scene.ts';

describe.each(DATABASES)('what a client proves itself by, on %s', (kind) => {
  let it: TokenScene;

  beforeAll(async () => {
    it = await openTokenScene(kind);
  });
  afterAll(() => it?.close());

  /** What another broker does: this one has not heard of it yet. */
  const elsewhere = async (set: Parameters<typeof updateClient>[1]['set']): Promise<void> => {
    const { store, organization_id, now } = it.services;
    await store.transaction(async (tx) => {
      await updateClient(tx, { organization_id, client_id: 'helper', set });
      await bumpEpochs(tx, { organization_id, now: now(), keys: [{ scope: 'client', subject: 'helper' }] });
    });
  };

  test('a secret that another broker has replaced gets no token, though this one still remembers it', async () => {
    const { deriveKey, randomBytes } = it.services;
    let secret = it.secret;
    for (let round = 0; round < 5; round += 1) {
      expect((await it.ask({}, basic('helper', secret))).status).toBe(200);
      const next = newClientSecret(randomBytes);
      await elsewhere({ secret_hash: hashClientSecret(next, deriveKey('client_secret')) });
      expect((await it.ask({}, basic('helper', secret))).status).toBe(401);
      secret = next.expose();
    }
  });

  test('a header that proved a client proves no other, and nothing once the client is disabled', async () => {
    const { deriveKey, randomBytes, now } = it.services;
    const secret = newClientSecret(randomBytes);
    await elsewhere({ secret_hash: hashClientSecret(secret, deriveKey('client_secret')) });
    const header = basic('helper', secret.expose());
    const ask = async (form: Record<string, string>) => (await it.ask(form, header)).status;
    await expect.poll(() => ask({})).toBe(200);
    expect(await ask({ client_id: 'helper' })).toBe(200);
    expect(await ask({ client_id: 'agent-1' })).toBe(401);
    await elsewhere({ disabled_at: now() });
    expect(await ask({})).toBe(401);
    await elsewhere({ disabled_at: null });
    await expect.poll(() => ask({})).toBe(200);
  });

  test('nor does a secret where the client has been given keys instead', async () => {
    const { deriveKey, randomBytes } = it.services;
    const secret = newClientSecret(randomBytes);
    await elsewhere({ secret_hash: hashClientSecret(secret, deriveKey('client_secret')) });
    await expect
      .poll(async () => (await it.ask({}, basic('helper', secret.expose()))).status, { timeout: 30_000 })
      .toBe(200);
    await elsewhere({ auth: { method: 'private_key_jwt', jwks: { keys: [] } }, secret_hash: null });
    expect((await it.ask({}, basic('helper', secret.expose()))).status).toBe(401);
  });

  test('a secret hashed with a replaced key is good, and hashed anew by its first use', async () => {
    const { deriveKey, randomBytes, store, organization_id } = it.services;
    const secret = newClientSecret(randomBytes);
    const hash = hashClientSecret(secret, deriveKey('client_secret'));
    const auth = { method: 'client_secret_basic' };
    await elsewhere({ auth, secret_hash: `local_old:${hash}` });
    // The replaced key is kept; that it was this one makes no difference.
    const kept = { ...it.anyone(), deriveKey: (purpose: Parameters<typeof deriveKey>[0]) => deriveKey(purpose) };
    const ask = async (shown: string): Promise<number> => {
      const form = 'grant_type=client_credentials';
      return (await issueToken(kept, { form, authorization: basic('helper', shown) })).status;
    };
    await expect.poll(() => ask(secret.expose()), { timeout: 30_000 }).toBe(200);
    const client = await getClient(store.db, { organization_id, client_id: 'helper' });
    expect(client?.secret_hash).toBe(hash);
    expect(await ask(secret.expose())).toBe(200);
    expect(await ask(newClientSecret(randomBytes).expose())).toBe(401);
  });

  test('what was proved by a hash that was made anew meanwhile is asked for again; another secret is refused', async () => {
    const { store, organization_id } = it.services;
    const client = await getClient(store.db, { organization_id, client_id: 'helper' });
    if (client === undefined) throw new Error('there is no helper');
    const by = (secret_hash: string) => ({ ...client, secret_hash });
    expect(() => demandStillProved(by('local_old:one'), by('two'))).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
    expect(() => demandStillProved(by('one'), by('two'))).toThrow(expect.objectContaining({ error: 'invalid_client' }));
    expect(() => demandStillProved(by('local_old:one'), by('local_old:two'))).toThrow(
      expect.objectContaining({ error: 'invalid_client' }),
    );
  });

  test('a broker whose key was replaced changes nothing more', async () => {
    const { store, organization_id } = it.services;
    const system = it.as({ kind: 'system' });
    const newKey = () => new LocalKey(randomBytes(32), { randomBytes });
    await replaceKey(system, { from: it.key, to: newKey() });
    const before = await auditHead(store.db, { organization_id });
    const change = { id: 'helper', name: 'Changed' };
    await expect(patchClient(it.owner(), change)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(replaceKey(system, { from: it.key, to: newKey() })).rejects.toMatchObject({ code: 'conflict' });
    expect(await auditHead(store.db, { organization_id })).toEqual(before);
  });
});
