import { issueToken } from '@writ/broker';
import { expect, test } from 'vitest';
import { createClient } from '../../packages/broker/src/clients/create.ts';
import { openInProcess } from '../support/in-process.ts';
import { basic } from '../support/token-scene.ts';

/** One request a second, two at once, while time stands still. */
const SLOW = { tokenRate: { per_second: 1, burst: 2 }, stands: true };

test('the token endpoint takes so many requests of an address, then says when to come again', async () => {
  const it = await openInProcess('postgres', SLOW);
  const ask = () => issueToken(it.anyone(), { form: 'grant_type=client_credentials' });
  expect((await ask()).status).toBe(401);
  expect((await ask()).status).toBe(401);
  await expect(ask()).rejects.toMatchObject({ code: 'rate_limited', extras: { retry_after: 1 } });
  it.wait(1_000);
  expect((await ask()).status).toBe(401);
  await it.close();
});

test('who tries one secret after the other is slowed down, with the right one too, and none of it says which', async () => {
  const it = await openInProcess('postgres', SLOW);
  const auth = { method: 'client_secret_basic' as const };
  const made = await createClient(it.owner(), { client_id: 'helper', kind: 'agent', name: 'Helper', auth });
  const ask = (secret: string) =>
    issueToken(it.anyone(), { form: 'grant_type=client_credentials', authorization: basic('helper', secret) });
  for (const guess of ['writ_cs_a', 'writ_cs_b']) expect((await ask(guess)).status).toBe(401);
  for (const guess of ['writ_cs_c', made.client_secret ?? '']) {
    await expect(ask(guess)).rejects.toMatchObject({ code: 'rate_limited', extras: { retry_after: 1 } });
  }
  it.wait(1_000);
  // Proved, and granted nothing.
  expect((await ask(made.client_secret ?? '')).status).toBe(400);
  await it.close();
});

test('clients of one address do not count against each other, and a client that was good before is not kept out by strangers there', async () => {
  const it = await openInProcess('postgres', SLOW);
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
