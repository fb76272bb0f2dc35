import { randomBytes } from 'node:crypto';
import { type Authorized, Secret } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { expect, test } from 'vitest';
import { LocalKey } from './local-key.ts';
import { MAX_CACHE_MS } from './opened-credentials.ts';
import { createVault, type Vault } from './vault.ts';

const context = {
  organization_id: 'org_1',
  connection_id: 'con_1',
  credential_id: 'crd_1',
  origin: 'https://backboard.example.com',
  version: 1,
};

function authorizedFor(changes: { connection_id?: string; origin?: string } = {}): Authorized {
  const forward = { method: 'POST', path: '/', query: '', headers: {}, body: new Uint8Array() };
  const { connection_id, origin } = context;
  const rest = { environments: ['staging'], request_id: 'req_1', forward };
  return makeAuthorized({ kind: 'request', connection_id, origin, ...rest, ...changes });
}

/** Makes a vault that remembers, with a clock of its own, and counts how often it unwraps a data key. */
function remembering(): { vault: Vault; unwrapped: () => number; pass: (ms: number) => void } {
  const key = new LocalKey(randomBytes(32), { randomBytes });
  let [count, now] = [0, 0];
  const wrapper = {
    kekId: key.kekId,
    healthy: () => key.healthy(),
    wrap: key.wrap.bind(key),
    unwrap: (...given: Parameters<typeof key.unwrap>) => {
      count += 1;
      return key.unwrap(...given);
    },
  };
  const vault = createVault({ wrapper, randomBytes, now: () => now });
  return {
    vault,
    unwrapped: () => count,
    pass: (ms) => {
      now += ms;
    },
  };
}

const secret = new Secret('fake-root-token', 'test');
const authorized = authorizedFor();

test('an opened credential is opened again without unwrapping the data key, for at most five minutes', async () => {
  const { vault, unwrapped, pass } = remembering();
  const sealed = await vault.sealCredential(secret, context);
  for (let time = 0; time < 3; time += 1) {
    const opened = await vault.openCredential(sealed, { context: { ...context }, authorized: authorizedFor() });
    expect(opened.expose()).toBe('fake-root-token');
  }
  expect(unwrapped()).toBe(1);
  pass(MAX_CACHE_MS);
  await vault.openCredential(sealed, { context, authorized });
  expect(unwrapped()).toBe(2);
});

test('a remembered credential opens only for an authorized request to its own connection and origin', async () => {
  const { vault } = remembering();
  const sealed = await vault.sealCredential(secret, context);
  await vault.openCredential(sealed, { context, authorized });
  const refused = { code: 'unavailable' };
  const forged: unknown = { value: authorized.value };
  await expect(vault.openCredential(sealed, { context, authorized: forged as Authorized })).rejects.toMatchObject(
    refused,
  );
  for (const changes of [{ connection_id: 'con_2' }, { origin: 'https://evil.example.com' }]) {
    await expect(vault.openCredential(sealed, { context, authorized: authorizedFor(changes) })).rejects.toMatchObject(
      refused,
    );
    await expect(
      vault.openCredential(sealed, { context: { ...context, ...changes }, authorized: authorizedFor(changes) }),
    ).rejects.toMatchObject(refused);
  }
  for (const changes of [{ organization_id: 'org_2' }, { credential_id: 'crd_2' }, { version: 2 }]) {
    await expect(
      vault.openCredential(sealed, { context: { ...context, ...changes }, authorized }),
    ).rejects.toMatchObject(refused);
  }
});

test('a changed record, and a copy of a record, are unwrapped again', async () => {
  const { vault, unwrapped } = remembering();
  const sealed = { ...(await vault.sealCredential(secret, context)) };
  await vault.openCredential(sealed, { context, authorized });
  await vault.openCredential({ ...sealed }, { context, authorized });
  expect(unwrapped()).toBe(2);
  Object.assign(sealed, { ct: 'AAAA' });
  await expect(vault.openCredential(sealed, { context, authorized })).rejects.toMatchObject({ code: 'unavailable' });
});
