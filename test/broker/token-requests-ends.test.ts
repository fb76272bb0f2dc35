/** What ends what a human gave to a task, and what a client cannot do to people by asking for it (model#token-request). */
import { revokeOwnToken } from '@writ/broker';
import type { Detail } from '@writ/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { approveApproval } from '../../packages/broker/src/approvals/approve.ts';
import { revokeTokens } from '../../packages/broker/src/tokens/revoke.ts';
import { newPeople, type People, runSql } from '../support/approvals.ts';
import { type Door, openDoor } from '../support/gateway-door.ts';
import { DATABASES } from '../support/store.ts';
import { basic, openTokenScene, type TokenScene, taskOf, tokenOf } from '../support/token-scene.ts';

const REVEAL: readonly Detail[] = [
  {
    ...{ type: 'provider_operations', connection: 'railway' },
    ...{ environments: ['production'], operations: ['variables:reveal'] },
  },
];
const CALL = 'query { variables(projectId: "p_rentals", environmentId: "e_production", serviceId: "s_api") }';

describe.each(DATABASES)('what was given to a task, on %s', (kind) => {
  let it: TokenScene;
  let door: Door;
  let people: People;
  beforeAll(async () => {
    it = await openTokenScene(kind);
    door = await openDoor(it.services);
    people = await newPeople(it);
  });
  afterAll(async () => {
    await door?.close();
    await it?.close();
  });
  // Requests that wait, and those that were taken back, are counted over all tasks of the client.
  afterEach(() => sql(`update approvals set state = 'expired' where state in ('pending', 'approved', 'cancelled')`));

  const sql = (text: string) => runSql(it.services.store, text);
  const text = JSON.stringify(REVEAL);
  const ask = (task: string) => it.ask({ authorization_details: text, completion_mode: 'deferred', task });
  const code = ({ body }: Awaited<ReturnType<typeof ask>>): string => String(body['deferral_code']);
  const given = async () => {
    const first = await ask('read the keys');
    await approveApproval(people.admin, { id: String(first.body['interaction_uri']).split('/').at(-1) ?? '' });
    const grant_type = 'urn:ietf:params:oauth:grant-type:deferred';
    const reply = await it.ask({ grant_type, deferral_code: code(first) });
    return { reply, token: tokenOf(reply) };
  };
  const codeOf = async (token: string) => (await door.send(token, CALL).answer).code;

  const revoke = (token: string, authorization = basic('helper', it.secret)) =>
    revokeOwnToken(it.anyone(), { authorization, form: new URLSearchParams({ token }).toString() });

  test('who revokes the token ends what was given with it, for every token of the task', async () => {
    const { token, reply } = await given();
    const renewed = await it.ask({ authorization_details: text, task_id: taskOf(reply) });
    expect(await codeOf(tokenOf(renewed))).toMatch(/^approval_/);
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    await revokeTokens(people.admin, { jti });
    expect(await codeOf(token)).toBe('invalid_token');
    expect(await codeOf(tokenOf(renewed))).toBe('operation_not_granted');
    expect(await it.ask({ authorization_details: text, task_id: taskOf(reply) })).toMatchObject({ status: 400 });
  });

  test('who revokes what can be used on a connection ends what was given there to a client without a grant on it', async () => {
    await sql(`create table kept as select * from grants where client_id = 'helper'`);
    await sql(`delete from grants where client_id = 'helper'`);
    it.services.live.forget([{ scope: 'client', subject: 'helper' }]);
    try {
      const { token, reply } = await given();
      expect(await codeOf(token)).toMatch(/^approval_/);
      await revokeTokens(people.admin, { connection: 'railway' });
      expect(await codeOf(token)).toBe('invalid_token');
      const again = await it.ask({ authorization_details: text, task_id: taskOf(reply) });
      expect(again).toMatchObject({ status: 400 });
    } finally {
      await sql('insert into grants select * from kept');
      await sql('drop table kept');
      it.services.live.forget([{ scope: 'client', subject: 'helper' }]);
    }
  });

  test('who asks and takes back without end does not have people told each time', async () => {
    for (const task of ['one', 'two']) await revoke(code(await ask(task)));
    await expect(ask('three')).rejects.toMatchObject({ code: 'rate_limited' });
    await sql(`update approvals set created_at = created_at - interval '10 minutes' where state = 'cancelled'`);
    expect((await ask('three')).body).toMatchObject({ error: 'authorization_pending' });
  });
});
