/** Changes of a client: none takes back another one, and none is made to a client that is not as it was seen. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getClient, listClients } from '../../packages/broker/src/clients/list.ts';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { rotateSecret } from '../../packages/broker/src/clients/rotate-secret.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { openTokenScene, type TokenScene } from '../support/token-scene.ts';

describe.each(DATABASES)('clients, on %s', (kind) => {
  let it: TokenScene;
  const id = 'helper';

  beforeAll(async () => {
    it = await openTokenScene(kind);
  }, OPENING);
  afterAll(() => it?.close());

  test('of several changes at the same moment none is lost', async () => {
    await Promise.all([
      patchClient(it.owner(), { id, require_task: true }),
      patchClient(it.owner(), { id, delegable: false }),
      patchClient(it.owner(), { id, scopes: ['writ:introspect'] }),
      patchClient(it.owner(), { id, may_act: ['other'] }),
    ]);
    expect(await getClient(it.owner(), { id })).toMatchObject({
      require_task: true,
      delegable: false,
      scopes: ['writ:introspect'],
      may_act: ['other'],
    });
  });

  test('a change that names the version it was read in changes nothing of another one', async () => {
    const { version } = await getClient(it.owner(), { id });
    const changed = await patchClient(it.owner(), { id, delegable: true, if_version: version });
    expect(changed.version).not.toBe(version);
    const late = patchClient(it.owner(), { id, name: 'Second', if_version: version });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    expect(await getClient(it.owner(), { id })).toEqual(changed);
    expect((await listClients(it.owner(), { limit: 100 })).items).toContainEqual(changed);
    await rotateSecret(it.owner(), { id });
    await patchClient(it.owner(), { id, disabled: false, if_version: changed.version });
  });
});
