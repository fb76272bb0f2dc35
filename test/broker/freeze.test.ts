import { introspectToken } from '@writ/broker';
import { readCompact } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnection } from '../../packages/broker/src/connections/create.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { DATABASES } from '../support/store.ts';
import { basic, ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

describe.each(DATABASES)('while one of two connections is frozen, on %s', (kind) => {
  let it: TokenScene;
  let before: string;
  let freeze: string;
  beforeAll(async () => {
    it = await openTokenScene(kind);
    const value = `not-a-real-token-${kind}`;
    const credential = { kind: 'account_token', value };
    await createConnection(it.owner(), { slug: 'second', provider: 'railway', base_url: it.railway.url, credential });
    await createGrant(it.owner(), {
      client_id: 'helper',
      connection: 'second',
      environments: ['shared'],
      operations: ['*:read'],
    });
    before = tokenOf(await it.ask({ resource: `${ISSUER}/gateway/railway` }));
    freeze = (await createFreeze(it.owner(), { connection: 'railway', reason: 'a leak' })).id;
  });
  afterAll(() => it?.close());

  const connections = (reply: Awaited<ReturnType<TokenScene['ask']>>): unknown =>
    (Reflect.get(reply.body, 'authorization_details') as { connection: string }[]).map(({ connection }) => connection);
  const active = async (token: string) => {
    const form = new URLSearchParams({ token }).toString();
    const { body } = await introspectToken(it.anyone(), { authorization: basic('helper', it.secret), form });
    return body['active'];
  };
  const detail = (connection: string) => ({
    type: 'provider_operations',
    connection,
    environments: ['shared'],
    operations: ['*:read'],
  });
  const REFUSED = { error: 'access_denied', error_description: 'This connection was frozen: a leak.' };

  test('a token for it, or for details that name it, is refused with the reason', async () => {
    expect((await it.ask({ resource: `${ISSUER}/gateway/railway` })).body).toEqual(REFUSED);
    const authorization_details = JSON.stringify([detail('second'), detail('railway')]);
    expect((await it.ask({ authorization_details })).body).toEqual(REFUSED);
  });

  test('a token for all that is granted is for the other one alone, and the token for it is not active', async () => {
    const reply = await it.ask({});
    expect(connections(reply)).toEqual(['second']);
    const inside = readCompact(tokenOf(reply)).payload['authorization_details'];
    expect(JSON.stringify(inside)).not.toContain('"railway"');
    expect(await active(tokenOf(reply))).toBe(true);
    expect(await active(before)).toBe(false);
  });

  test('lifted, tokens are for both again', async () => {
    await deleteFreeze(it.owner(), { id: freeze });
    expect(connections(await it.ask({}))).toEqual(['railway', 'second']);
    expect(await active(before)).toBe(true);
  });
});
