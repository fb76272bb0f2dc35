import { authenticateAutomation, authenticateHolder } from '@writ/broker';
import { bumpEpochs, revokeTokens, type TokenSelection } from '@writ/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer } from '../support/presented.ts';
import { DATABASES } from '../support/store.ts';
import { ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

describe.each(DATABASES)('what another broker has revoked, on %s', (kind) => {
  let it: TokenScene;

  beforeAll(async () => {
    it = await openTokenScene(kind);
  });
  afterAll(() => it?.close());

  /** What another broker does: this one has not heard of it yet. */
  const revokeElsewhere = async (client_id: string): Promise<void> => {
    const { store, organization_id, now } = it.services;
    const selection: TokenSelection = { client_id };
    await store.transaction(async (tx) => {
      await revokeTokens(tx, { organization_id, now: now(), selection });
      await bumpEpochs(tx, { organization_id, now: now(), keys: [{ scope: 'client', subject: client_id }] });
    });
  };

  test('a token for the admin API is refused at once: nothing later compares what was remembered', async () => {
    for (let round = 0; round < 5; round += 1) {
      const token = tokenOf(await it.ask({ ...(await it.asRobot()), resource: `${ISSUER}/api/v1` }, ''));
      await expect(authenticateAutomation(it.services, bearer(token))).resolves.toMatchObject({ client_id: 'robot' });
      await revokeElsewhere('robot');
      await expect(authenticateAutomation(it.services, bearer(token))).rejects.toMatchObject({ code: 'invalid_token' });
    }
  });

  test("a token is refused at its holder's own endpoints", async () => {
    for (let round = 0; round < 5; round += 1) {
      const token = tokenOf(await it.ask({}));
      await expect(authenticateHolder(it.services, bearer(token))).resolves.toMatchObject({ client_id: 'helper' });
      await revokeElsewhere('helper');
      await expect(authenticateHolder(it.services, bearer(token))).rejects.toMatchObject({ code: 'invalid_token' });
    }
  });
});
