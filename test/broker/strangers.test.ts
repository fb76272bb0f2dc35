/** Whether a client or a user exists is not told by how much work a refusal takes. What is counted is work done, never time. */
import { createSession, introspectToken, revokeOwnToken } from '@writ/broker';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { basic, ISSUER, openTokenScene, type TokenScene, tokenOf } from '../support/token-scene.ts';

/** The work of one refusal. */
interface Work {
  readonly queries: number;
  readonly signatures: number;
}

describe('a refusal takes the same work', () => {
  let it: TokenScene;
  beforeAll(async () => {
    it = await openTokenScene('embedded');
  });
  afterAll(() => it?.close());

  async function workOf(refused: () => Promise<unknown>): Promise<Work> {
    const { db } = it.services.store;
    const spies = (['select', 'insert', 'update', 'delete', 'execute'] as const).map((name) => vi.spyOn(db, name));
    const verify = vi.spyOn(SubtleCrypto.prototype, 'verify');
    await refused();
    const queries = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    const signatures = verify.mock.calls.length;
    for (const spy of [...spies, verify]) spy.mockRestore();
    return { queries, signatures };
  }

  const refuses = (parameters: Readonly<Record<string, string>>, authorization?: string) => async () =>
    expect((await it.ask(parameters, authorization)).body).toEqual({
      error: 'invalid_client',
      error_description: 'The client could not be authenticated.',
    });

  test('for a client that is not there as for one that is, remembered or not, with a wrong secret', async () => {
    const wrong = `${it.secret.slice(0, -3)}xyz`;
    const stranger = await workOf(refuses({}, basic('nobody', wrong)));
    const cold = await workOf(refuses({}, basic('helper', wrong)));
    expect((await it.ask({})).status).toBe(200);
    const warm = await workOf(refuses({}, basic('helper', wrong)));
    const otherMethod = await workOf(refuses({}, basic('robot', wrong)));
    expect(stranger.queries).toBeGreaterThan(0);
    expect([cold, warm, otherMethod]).toEqual([stranger, stranger, stranger]);
  });

  test.each(['ES256', 'RS256', 'PS256', 'EdDSA'])(
    'and with an assertion that another key signed by %s',
    async (alg) => {
      const { privateKey } = await generateKeyPair(alg);
      const refusedAs = async (client_id: string, kid: string) => {
        const client_assertion = await new SignJWT({ iss: client_id, sub: client_id, aud: ISSUER, jti: `${alg}${kid}` })
          .setProtectedHeader({ alg, kid })
          .setIssuedAt()
          .setExpirationTime('60s')
          .sign(privateKey);
        const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
        return await workOf(refuses({ client_assertion_type, client_assertion }, ''));
      };
      const stranger = await refusedAs('nobody', 'k1');
      expect(stranger.signatures).toBe(1);
      expect((await it.ask(await it.asRobot(), '')).status).toBe(200);
      expect([
        await refusedAs('robot', 'k1'),
        await refusedAs('robot', 'another-kid'),
        await refusedAs('helper', 'k1'),
      ]).toEqual([stranger, stranger, stranger]);
    },
  );

  test('for an e-mail address that nobody has as for a wrong password', async () => {
    const verify = vi.spyOn(it.services.hashing, 'verify');
    const signIn = (email: string) => async () =>
      await expect(
        createSession(it.anyone(), { email, password: 'not a real password', client: 'browser' }),
      ).rejects.toMatchObject({ code: 'unauthenticated' });
    const stranger = await workOf(signIn('nobody@example.com'));
    const known = await workOf(signIn('owner@example.com'));
    expect(known).toEqual(stranger);
    expect(verify).toHaveBeenCalledTimes(2);
  });

  test('for the introspection of a live token of another client as for a revoked one', async () => {
    const [live, revoked] = [tokenOf(await it.ask({})), tokenOf(await it.ask({}))];
    const authorization = basic('helper', it.secret);
    const form = new URLSearchParams({ token: revoked }).toString();
    expect((await revokeOwnToken(it.anyone(), { authorization, form })).status).toBe(200);
    const asRobot = async (token: string) => {
      const parameters = { token, ...(await it.asRobot()) };
      return await workOf(async () => {
        const reply = await introspectToken(it.anyone(), { form: new URLSearchParams(parameters).toString() });
        expect(reply.body).toEqual({ active: false });
      });
    };
    // Once for what is remembered of the one who asks.
    await asRobot(live);
    expect(await asRobot(revoked)).toEqual(await asRobot(live));
  });
});
