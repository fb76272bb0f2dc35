import { randomUUID } from 'node:crypto';
import { introspectToken, oauthMetadata, revokeOwnToken } from '@writ/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { createFreeze } from '../../packages/broker/src/freeze/create.ts';
import { deleteFreeze } from '../../packages/broker/src/freeze/delete.ts';
import { createGrant } from '../../packages/broker/src/grants/create.ts';
import { endTask } from '../../packages/broker/src/tasks/end.ts';
import { revokeTokens } from '../../packages/broker/src/tokens/revoke.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { basic, ISSUER, openTokenScene, type TokenScene, taskOf, tokenOf } from '../support/token-scene.ts';

const INACTIVE = { status: 200, body: { active: false } };

describe.each(DATABASES)('introspection and revocation on %s', (kind) => {
  let it: TokenScene;
  let verifier: string;
  let stranger: string;
  beforeAll(async () => {
    it = await openTokenScene(kind);
    const auth = { method: 'client_secret_basic' as const };
    const add = async (client_id: string, scopes: 'writ:introspect'[]): Promise<string> => {
      const made = await createClient(it.owner(), { client_id, kind: 'agent', name: client_id, auth, scopes });
      return basic(client_id, made.client_secret ?? '');
    };
    verifier = await add('verifier', ['writ:introspect']);
    stranger = await add('stranger', []);
  }, OPENING);
  afterAll(() => it.close());

  const helper = (): string => basic('helper', it.secret);
  const form = (parameters: Readonly<Record<string, string>>): string => new URLSearchParams(parameters).toString();
  const introspect = (token: string, authorization = helper()) =>
    introspectToken(it.anyone(), { authorization, form: form({ token }) });
  const revoke = (token: string, authorization = helper()) =>
    revokeOwnToken(it.anyone(), { authorization, form: form({ token }) });
  const newToken = async (parameters: Readonly<Record<string, string>> = {}): Promise<string> =>
    tokenOf(await it.ask(parameters));

  test('a client sees its own token: claims, type and what it allows', async () => {
    const reply = await it.ask({ task: 'look' });
    const answer = await introspect(tokenOf(reply));
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' } });
    expect(answer.body).toMatchObject({
      active: true,
      iss: ISSUER,
      client_id: 'helper',
      sub: 'helper',
      aud: `${ISSUER}/gateway`,
      token_type: 'Bearer',
      task_id: taskOf(reply),
      authorization_details: reply.body['authorization_details'],
    });
    for (const member of ['iat', 'nbf', 'exp']) expect(answer.body[member]).toBeTypeOf('number');
    expect(answer.body['jti']).toBeTypeOf('string');
  });

  test('details that are too large for the token are told all the same', async () => {
    const environments = ['staging', 'shared'];
    const resources = Array.from({ length: 60 }, () => `service:${randomUUID()}-${'x'.repeat(60)}`);
    const grant = { client_id: 'stranger', connection: 'railway', environments, operations: ['*:read'], resources };
    await createGrant(it.owner(), grant);
    const token = tokenOf(await it.ask({}, stranger));
    const [, payload = ''] = token.split('.');
    const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims).toHaveProperty('authorization_details_id');
    const { body } = await introspect(token, stranger);
    expect(body).toMatchObject({ active: true, authorization_details: [{ resources }] });
    expect(body).not.toHaveProperty('authorization_details_id');
  });

  test("others' tokens show only with the scope, and it can be taken away", async () => {
    const token = await newToken();
    expect(await introspect(token, stranger)).toMatchObject(INACTIVE);
    expect((await introspect(token, verifier)).body).toMatchObject({ active: true, client_id: 'helper' });
    await patchClient(it.owner(), { id: 'verifier', scopes: [] });
    expect((await introspect(token, verifier)).body).toEqual({ active: false });
    const patched = await patchClient(it.owner(), { id: 'verifier', scopes: ['writ:introspect'] });
    expect(patched.scopes).toEqual(['writ:introspect']);
    expect((await introspect(token, verifier)).body).toMatchObject({ active: true });
  });

  test('who does not authenticate is told nothing', async () => {
    const token = await newToken();
    for (const authorization of [undefined, basic('helper', 'wrong'), basic('nobody', 'x'), 'Basic !!']) {
      const reply = await introspectToken(it.anyone(), { authorization, form: form({ token }) });
      expect(reply).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      const revocation = await revokeOwnToken(it.anyone(), { authorization, form: form({ token }) });
      expect(revocation).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    }
    expect((await introspect(token)).body['active']).toBe(true);
  });

  test('a client with a key proves itself here as at the token endpoint', async () => {
    const token = tokenOf(await it.ask(await it.asRobot(), ''));
    const reply = await introspectToken(it.anyone(), { form: form({ token, ...(await it.asRobot()) }) });
    expect(reply.body).toMatchObject({ active: true, client_id: 'robot' });
  });

  test('token is needed, and given once', async () => {
    const token = await newToken();
    for (const text of [
      '',
      'token=',
      `token=${token}&token=${token}`,
      `token=${token}&token_type_hint=a&token_type_hint=b`,
    ])
      for (const verb of [introspectToken, revokeOwnToken]) {
        const reply = await verb(it.anyone(), { authorization: helper(), form: text });
        expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      }
    expect((await introspect(token)).body['active']).toBe(true);
  });

  test('what is no token of Writ is not active, and is answered as any other', async () => {
    const token = await newToken();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    for (const bad of [
      'x',
      'a.b.c',
      `${none}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -6)}AAAAAA`,
      `${header}.${payload}`,
      `${token}.${signature}`,
      'é'.repeat(100),
      'x'.repeat(9000),
    ]) {
      expect((await introspect(bad)).body).toEqual({ active: false });
      const revocation = await revoke(bad);
      expect([revocation.status, revocation.body]).toEqual([200, undefined]);
    }
    const asked = await introspect('\u0000');
    expect([asked.status, asked.body]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  test('a hint is taken for what it is', async () => {
    const token = await newToken();
    const hinted = { token, token_type_hint: 'refresh_token' };
    const reply = await introspectToken(it.anyone(), { authorization: helper(), form: form(hinted) });
    expect(reply.body).toMatchObject({ active: true });
  });

  test('a frozen token, task or client is not active, and is again when the freeze is lifted', async () => {
    const reply = await it.ask({});
    const token = tokenOf(reply);
    for (const what of [{ task_id: taskOf(reply) }, { client_id: 'helper' }, { all: true as const }]) {
      const { id } = await createFreeze(it.owner(), { ...what, reason: 'test' });
      expect((await introspect(token)).body).toEqual({ active: false });
      await deleteFreeze(it.owner() as Parameters<typeof deleteFreeze>[0], { id });
      expect((await introspect(token)).body['active']).toBe(true);
    }
  });

  test('a frozen client learns nothing of others', async () => {
    const token = await newToken();
    const { id } = await createFreeze(it.owner(), { client_id: 'verifier', reason: 'test' });
    expect((await introspect(token, verifier)).body).toEqual({ active: false });
    await deleteFreeze(it.owner() as Parameters<typeof deleteFreeze>[0], { id });
  });

  test('an ended task, a revoked token and an expired one are not active', async () => {
    const [ended, revoked] = [await it.ask({}), await it.ask({})];
    await endTask(it.owner(), { id: taskOf(ended) });
    await revokeTokens(it.owner(), { task_id: taskOf(revoked) });
    for (const reply of [ended, revoked]) expect((await introspect(tokenOf(reply))).body).toEqual({ active: false });
    const short = await newToken({ expires_in: '60' });
    it.wait(120_000);
    expect((await introspect(short)).body).toEqual({ active: false });
  });

  test('a client revokes its own token, from the answer on, and once more changes nothing', async () => {
    const [one, other] = [await newToken(), await newToken()];
    for (let round = 0; round < 2; round += 1) {
      const reply = await revoke(one);
      expect([reply.status, reply.body, reply.headers['cache-control']]).toEqual([200, undefined, 'no-store']);
    }
    expect((await introspect(one)).body).toEqual({ active: false });
    expect((await introspect(other)).body['active']).toBe(true);
    const verified = await it.services.live.verifier.verify(one, { audience: [`${ISSUER}/gateway`] });
    await expect(it.services.live.callers.facts(verified, {})).rejects.toMatchObject({ code: 'invalid_token' });
  });

  test("another client's token stays as it is, and the log says who tried", async () => {
    const token = await newToken();
    for (const authorization of [stranger, verifier]) {
      expect((await revoke(token, authorization)).status).toBe(200);
    }
    expect((await introspect(token)).body['active']).toBe(true);
    const tried = (await it.audit()).filter((entry) => entry['result'] === 'other_client');
    expect(tried.map((entry) => entry['client_id'])).toEqual(['stranger', 'verifier']);
    expect(tried[0]).toMatchObject({ kind: 'token.revocation_ignored', data: { token_client_id: 'helper' } });
  });

  test('asking and revoking are in the log, and the token is not', async () => {
    const token = await newToken();
    await introspect(token);
    await introspect(token, stranger);
    await revoke(token);
    const entries = await it.audit();
    const kinds = entries.slice(-4).map(({ kind: one, result, client_id }) => [one, result, client_id]);
    expect(kinds).toEqual([
      ['token.issued', 'issued', 'helper'],
      ['token.introspected', 'active', 'helper'],
      ['token.introspected', 'inactive', 'stranger'],
      ['token.revoked', 'revoked', 'helper'],
    ]);
    const [, , signature = 'none'] = token.split('.');
    expect(JSON.stringify([entries, it.logged])).not.toContain(signature);
  });

  test('the metadata names both endpoints, and how clients authenticate there', () => {
    expect(oauthMetadata(it.services)).toMatchObject({
      introspection_endpoint: `${ISSUER}/oauth/introspect`,
      revocation_endpoint: `${ISSUER}/oauth/revoke`,
      introspection_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
      revocation_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
    });
  });
});
