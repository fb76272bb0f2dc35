import { issueToken } from '@writ/broker';
import { expect, test } from 'vitest';
import { openTestServices } from '../support/services.ts';

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
