import { bumpEpochs, updateClient } from '@writ/store';
import { hashClientSecret, newClientSecret } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

  test('nor does a secret where the client has been given keys instead', async () => {
    const { deriveKey, randomBytes } = it.services;
    const secret = newClientSecret(randomBytes);
    await elsewhere({ secret_hash: hashClientSecret(secret, deriveKey('client_secret')) });
    await expect.poll(async () => (await it.ask({}, basic('helper', secret.expose()))).status).toBe(200);
    await elsewhere({ auth: { method: 'private_key_jwt', jwks: { keys: [] } }, secret_hash: null });
    expect((await it.ask({}, basic('helper', secret.expose()))).status).toBe(401);
  });
});
