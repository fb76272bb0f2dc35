/** What an exchange relies on is looked at in the statement that records it, and what cannot be stored is refused, not an error. */
import { authenticateHolder, issueToken } from '@writ/broker';
import { bumpEpochs, revokeTokens } from '@writ/store';
import { GRANT_TYPES, TOKEN_TYPES } from '@writ/tokens';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patchClient } from '../../packages/broker/src/clients/patch.ts';
import { putOperation } from '../../packages/broker/src/operations/put.ts';
import { revokeTokens as revokeAsAdmin } from '../../packages/broker/src/tokens/revoke.ts';
import { makeHolder } from '../dpop/holder.ts';
import { type CiScene, openCiScene } from '../support/ci-scene.ts';
import { bearer } from '../support/presented.ts';
import { DATABASES, OPENING } from '../support/store.ts';
import { basic, ISSUER, tokenOf } from '../support/token-scene.ts';

describe.each(DATABASES)('what an exchange relies on, on %s', (kind) => {
  let it: CiScene;

  beforeAll(async () => {
    it = await openCiScene(kind);
  }, OPENING);
  afterAll(() => it?.close());

  test('an actor token that another broker has just revoked says nothing any more', async () => {
    const subject = tokenOf(await it.ask(await it.asRobot(), ''));
    const actor_token = tokenOf(await it.ask({}));
    const actor = { actor_token, actor_token_type: TOKEN_TYPES.access_token };
    expect((await it.delegate(subject, '', actor)).status).toBe(200);
    const { jti } = await authenticateHolder(it.services, bearer(actor_token));
    const { store, organization_id, now } = it.services;
    await store.transaction(async (tx) => {
      await revokeTokens(tx, { organization_id, now: now(), selection: { jti } });
      await bumpEpochs(tx, { organization_id, now: now(), keys: [{ scope: 'token', subject: jti }] });
    });
    expect((await it.delegate(subject, '', actor)).body).toMatchObject({ error: 'invalid_request' });
    expect((await it.delegate(subject, basic('helper', it.secret), actor)).body).toMatchObject({
      error: 'invalid_request',
    });
  });

  test.each<[string, Record<string, string>, string?]>([
    ['a trust policy', { grant_type: GRANT_TYPES.jwt_bearer, client_id: 'a\0b', assertion: 'a.b.c' }],
    ['a client by Basic', { grant_type: 'client_credentials' }, basic('a%00b', 'secret')],
    ['a client beside Basic', { grant_type: 'client_credentials', client_id: 'a\0b' }, basic('a', 'secret')],
  ])('a name that no database can hold is refused like any other: %s', async (_what, form, authorization) => {
    const request = { form: new URLSearchParams(form).toString() };
    const reply = await issueToken(it.anyone(), authorization === undefined ? request : { ...request, authorization });
    expect(reply.status).toBeOneOf([400, 401]);
  });

  test('an id of an assertion that no database can hold is refused', async () => {
    const reply = await it.ask(await it.asRobot({ jti: 'a\0b' }), '');
    expect(reply).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const sub = await it.ask(await it.asRobot({ iss: 'a\0b', sub: 'a\0b' }), '');
    expect(sub).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('a job’s own id that no database can hold is refused', async () => {
    const client_id = await it.client('generic');
    const reply = await it.exchange(client_id, await it.token('generic', { jti: 'a\0b' }));
    expect(reply.body).toMatchObject({ error: 'invalid_request' });
  });

  test('what a job may no longer hold is not handed on either, after its effect was raised', async () => {
    const client_id = await it.client('generic');
    const job = tokenOf(await it.exchange(client_id, await it.token('generic')));
    const helper = basic('helper', it.secret);
    expect((await it.delegate(job, helper)).status).toBe(200);
    await putOperation(it.owner(), {
      connection: 'railway',
      name: 'serviceInstanceRedeploy',
      effect: 'destroy',
      note: 'risky',
    });
    expect((await it.delegate(job, helper)).body).toMatchObject({ error: 'invalid_authorization_details' });
  });

  test('a bound token is exchanged without its key only by a named client that authenticates, not by a token of it', async () => {
    await patchClient(it.owner(), { id: 'helper', may_act: ['robot'] });
    const proofs = [makeHolder().proof({ method: 'POST', url: `${ISSUER}/oauth/token` })];
    const authorization = basic('helper', it.secret);
    const form = 'grant_type=client_credentials';
    const bound = tokenOf(await issueToken(it.anyone(), { authorization, form, proofs }));
    const actor_token = tokenOf(await it.ask(await it.asRobot(), ''));
    const actor = { actor_token, actor_token_type: TOKEN_TYPES.access_token };
    expect((await it.delegate(bound, '', actor)).body).toMatchObject({ error: 'invalid_request' });
    expect(await it.reason()).toBe('binding');
    const { grant_type: _, ...robot } = await it.asRobot();
    expect((await it.delegate(bound, '', { ...robot, ...actor })).status).toBe(200);
  });

  test('a token that has just ended is taken by nobody here, and can still be revoked', async () => {
    const token = tokenOf(await it.ask({ expires_in: '60' }));
    const { jti } = await authenticateHolder(it.services, bearer(token));
    it.wait(60_000);
    await expect(authenticateHolder(it.services, bearer(token))).rejects.toMatchObject({ code: 'invalid_token' });
    expect(await revokeAsAdmin(it.owner(), { jti })).toMatchObject({ revoked: 1 });
  });
});
