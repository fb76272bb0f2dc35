import { issueToken } from '@writ/broker';
import { expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { openTestServices } from '../support/services.ts';
import { basic } from '../support/token-scene.ts';

test('the token endpoint takes so many requests of an address, then says when to come again', async () => {
  const it = await openTestServices('postgres', { tokenRate: { per_second: 1, burst: 2 } });
  const ask = () => issueToken(it.anyone(), { form: 'grant_type=client_credentials' });
  expect((await ask()).status).toBe(401);
  expect((await ask()).status).toBe(401);
  await expect(ask()).rejects.toMatchObject({ code: 'rate_limited', extras: { retry_after: 1 } });
  it.wait(1_000);
  expect((await ask()).status).toBe(401);
  await it.close();
});

test('clients of one address do not count against each other, and a client that was good before is not kept out by strangers there', async () => {
  const it = await openTestServices('postgres', { tokenRate: { per_second: 1, burst: 2 } });
  const names = ['one', 'two', 'three', 'four', 'five'];
  const form = 'grant_type=client_credentials';
  const requests = await Promise.all(
    names.map(async (client_id) => {
      const auth = { method: 'client_secret_basic' as const };
      const made = await createClient(it.owner(), { client_id, kind: 'agent', name: client_id, auth });
      return { form, authorization: basic(client_id, made.client_secret ?? '') };
    }),
  );
  // Proved, and granted nothing: `invalid_authorization_details`.
  for (const request of requests) expect((await issueToken(it.anyone(), request)).status).toBe(400);
  const stranger = () => issueToken(it.anyone(), { form });
  expect([(await stranger()).status, (await stranger()).status]).toEqual([401, 401]);
  const [known = { form }] = requests;
  await expect(issueToken(it.anyone(), known)).rejects.toMatchObject({ code: 'rate_limited' });
  expect((await issueToken(it.anyone(), { ...known, familiar: true })).status).toBe(400);
  await it.close();
});
