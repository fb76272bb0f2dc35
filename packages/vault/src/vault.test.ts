import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { type Authorized, Secret, WritError } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CredentialContext } from './context.ts';
import { LocalKey } from './local-key.ts';
import type { Sealed } from './sealed.ts';
import { createVault, rewrap } from './vault.ts';

const wrapper = new LocalKey(randomBytes(32), { randomBytes });
const vault = createVault({ wrapper, randomBytes });
const value = `fake-root-token-${randomBytes(8).toString('hex')}`;
const context: CredentialContext = {
  organization_id: 'org_1',
  connection_id: 'con_1',
  credential_id: 'crd_1',
  origin: 'https://backboard.example.com',
  version: 1,
};
const signing = { organization_id: 'org_1', kid: 'kid-1' };

function authorizedFor(changes: { connection_id?: string; origin?: string } = {}): Authorized {
  const forward = { method: 'POST', path: '/graphql/v2', query: '', headers: {}, body: new Uint8Array() };
  return makeAuthorized({
    kind: 'request',
    connection_id: context.connection_id,
    origin: context.origin,
    environments: ['staging'],
    request_id: 'req_1',
    forward,
    ...changes,
  });
}

async function refusal(work: Promise<unknown>): Promise<WritError> {
  const error = await work.then(
    () => expect.unreachable('it opened'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof WritError)) throw error;
  return error;
}

async function expectRefused(work: Promise<unknown>): Promise<void> {
  const error = await refusal(work);
  expect([error.code, error.message]).toEqual(['unavailable', 'A sealed secret could not be opened.']);
  expect(inspect(error, { depth: 9 })).not.toContain(value);
}

const seal = (text = value): Promise<Sealed> => vault.sealCredential(new Secret(text, 'test'), context);
const open = (sealed: unknown, changes: Partial<CredentialContext> = {}): Promise<Secret> =>
  vault.openCredential(sealed, { context: { ...context, ...changes }, authorized: authorizedFor(changes) });

test('a sealed credential opens for an authorized request, and only as a Secret', async () => {
  const secret = await open(await seal());
  expect(secret.expose()).toBe(value);
  expect(inspect(secret)).not.toContain(value);
});

test('any well-formed text is the same after sealing and opening', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  const survives = async (plain: string): Promise<void> => {
    expect((await open(await seal(plain))).expose()).toBe(plain);
  };
  await fc.assert(fc.asyncProperty(text, survives), { numRuns: 50 });
});

test('text that is not well-formed is refused by sealing, and not changed', async () => {
  const error = await refusal(seal('\ud800'));
  expect(error.code).toBe('validation_failed');
});

test('a sealed record contains neither the value nor a key, and no two records are equal', async () => {
  const [first, second] = [await seal(), await seal()];
  expect(Object.keys(first)).toEqual(['v', 'kek_id', 'wrapped_dek', 'iv', 'ct', 'tag', 'aad_hash']);
  expect(JSON.stringify(first)).not.toContain(value);
  for (const field of ['wrapped_dek', 'iv', 'ct', 'tag'] as const) expect(first[field]).not.toBe(second[field]);
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
});

describe('a root credential does not open', () => {
  test.each([
    ['in another organization', { organization_id: 'org_2' }],
    ['for another connection', { connection_id: 'con_2' }],
    ['in the row of another credential', { credential_id: 'crd_2' }],
    ['for another origin', { origin: 'https://evil.example.com' }],
    ['for the same host on another port', { origin: 'https://backboard.example.com:444' }],
    ['as another version', { version: 2 }],
  ])('%s, even if the request is authorized for it', async (_, changes) => {
    await expectRefused(open(await seal(), changes));
  });

  test.each([
    ['another connection', { connection_id: 'con_2' }],
    ['another origin', { origin: 'https://evil.example.com' }],
  ])('onto a request authorized for %s', async (_, changes) => {
    const use = { context, authorized: authorizedFor(changes) };
    await expectRefused(vault.openCredential(await seal(), use));
  });

  test('for an object that only looks like an Authorized', async () => {
    const forged: unknown = { value: authorizedFor().value };
    const authorized = forged as Authorized;
    await expectRefused(vault.openCredential(await seal(), { context, authorized }));
    const inherited: unknown = Object.create(Object.getPrototypeOf(authorizedFor()));
    await expectRefused(vault.openCredential(await seal(), { context, authorized: inherited as Authorized }));
  });

  test('as a signing key, nor a signing key as a root credential', async () => {
    await expectRefused(vault.openSigningKey(await seal(), signing));
    const key = await vault.sealSigningKey(new Secret(value, 'key'), signing);
    await expectRefused(open(key));
    expect((await vault.openSigningKey(key, signing)).expose()).toBe(value);
    await expectRefused(vault.openSigningKey(key, { ...signing, kid: 'kid-2' }));
  });

  test('with another key-encryption key, even if it claims the same id', async () => {
    const other = new LocalKey(randomBytes(32), { randomBytes });
    const sealed = await seal();
    const use = { context, authorized: authorizedFor() };
    await expectRefused(createVault({ wrapper: other, randomBytes }).openCredential(sealed, use));
    await expectRefused(
      createVault({ wrapper: other, randomBytes }).openCredential({ ...sealed, kek_id: other.kekId }, use),
    );
  });

  test('with any one bit of any field flipped', async () => {
    const sealed = await seal();
    for (const field of ['wrapped_dek', 'iv', 'ct', 'tag', 'aad_hash'] as const) {
      const bytes = Buffer.from(sealed[field], 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await expectRefused(open({ ...sealed, [field]: changed.toString('base64url') }));
      }
    }
  });

  test.each([1, 4, 8, 12, 15, 17])('with a tag of %i bytes', async (length) => {
    const sealed = await seal();
    const tag = Buffer.concat([Buffer.from(sealed.tag, 'base64url'), Buffer.alloc(1)]).subarray(0, length);
    await expectRefused(open({ ...sealed, tag: tag.toString('base64url') }));
  });

  test('with parts of two records mixed', async () => {
    const [first, second] = [await seal(), await seal()];
    for (const field of ['wrapped_dek', 'iv', 'ct', 'tag'] as const) {
      await expectRefused(open({ ...first, [field]: second[field] }));
    }
  });

  test('from another spelling of the same bytes', async () => {
    const sealed = await seal();
    for (const field of ['wrapped_dek', 'iv', 'ct', 'tag', 'aad_hash'] as const) {
      const text = sealed[field];
      for (const other of [`${text}=`, `${text}==`, ` ${text}`, `${text}\n`]) {
        await expectRefused(open({ ...sealed, [field]: other }));
      }
    }
  });

  test.each([undefined, null, 1, 'text', [], {}])('from %j', async (sealed) => {
    await expectRefused(open(sealed));
  });

  test.each([
    ['another format version', { v: 2 }],
    ['an empty field', { ct: '' }],
    ['padding', { tag: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    ['a field of another type', { iv: 12 }],
    ['a null', { wrapped_dek: null }],
  ])('from a record with %s', async (_, changes) => {
    await expectRefused(open({ ...(await seal()), ...changes }));
  });
});

describe('rewrap', () => {
  const next = new LocalKey(randomBytes(32), { randomBytes });
  const change = { context: { credential: context }, from: wrapper, to: next };

  test('changes only the wrapped key, and then only the new key opens it', async () => {
    const sealed = await seal();
    const rewrapped = await rewrap(sealed, change);
    expect(rewrapped).toEqual({ ...sealed, kek_id: next.kekId, wrapped_dek: rewrapped.wrapped_dek });
    const secret = await createVault({ wrapper: next, randomBytes }).openCredential(rewrapped, {
      context,
      authorized: authorizedFor(),
    });
    expect(secret.expose()).toBe(value);
    await expectRefused(open(rewrapped));
  });

  test('refuses a record sealed for something else or with another key', async () => {
    const sealed = await seal();
    await expectRefused(rewrap(sealed, { ...change, context: { credential: { ...context, version: 2 } } }));
    await expectRefused(rewrap(sealed, { ...change, context: { signing_key: signing } }));
    await expectRefused(rewrap(sealed, { ...change, from: next }));
  });
});

test('a kept key opens only for its own purpose and origin, and is rewrapped like everything else', async () => {
  const vault = createVault({ wrapper, randomBytes });
  const kept = { organization_id: 'default', kek_id: 'local_old', purpose: 'password' };
  const sealed = await vault.sealKeptKey(new Secret('fake-key', 'kept key'), kept);
  expect((await vault.openKeptKey(sealed, kept)).expose()).toBe('fake-key');
  await expectRefused(vault.openKeptKey(sealed, { ...kept, purpose: 'client_secret' }));
  await expectRefused(vault.openKeptKey(sealed, { ...kept, kek_id: 'local_other' }));
  await expectRefused(vault.openSigningKey(sealed, signing));
  const to = new LocalKey(randomBytes(32), { randomBytes });
  const rewrapped = await rewrap(sealed, { context: { kept_key: kept }, from: wrapper, to });
  const opened = await createVault({ wrapper: to, randomBytes }).openKeptKey(rewrapped, kept);
  expect(opened.expose()).toBe('fake-key');
  await expectRefused(vault.openKeptKey(rewrapped, kept));
});

test('kept bytes open only for their own id and part', async () => {
  const vault = createVault({ wrapper, randomBytes });
  const context = { organization_id: 'default', id: 'hld_1', part: 'request' } as const;
  const sealed = await vault.sealKeptBody(new Secret('fake-body', 'body'), context);
  expect((await vault.openKeptBody(sealed, context)).expose()).toBe('fake-body');
  await expectRefused(vault.openKeptBody(sealed, { ...context, id: 'hld_2' }));
  await expectRefused(vault.openKeptBody(sealed, { ...context, part: 'answer' }));
});

test('data keys are zeroed after use, after success and after failure', async () => {
  const seen: Uint8Array[] = [];
  const spied = createVault({
    randomBytes,
    wrapper: {
      kekId: wrapper.kekId,
      healthy: () => wrapper.healthy(),
      wrap: (dek, bound) => {
        seen.push(dek);
        return wrapper.wrap(dek, bound);
      },
      unwrap: async (wrapped, bound) => {
        const dek = await wrapper.unwrap(wrapped, bound);
        seen.push(dek);
        return dek;
      },
    },
  });
  const sealed = await spied.sealCredential(new Secret(value, 'test'), context);
  const use = { context, authorized: authorizedFor() };
  await spied.openCredential(sealed, use);
  await expectRefused(spied.openCredential({ ...sealed, ct: 'AAAA' }, use));
  expect(seen.map((dek) => dek.every((byte) => byte === 0))).toEqual([true, true, true]);
});
