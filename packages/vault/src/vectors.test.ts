import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Secret } from '@writ/core';
import { makeAuthorized } from '@writ/core/authorize';
import { expect, test } from 'vitest';
import type { CredentialContext, SigningKeyContext } from './context.ts';
import { type KeyPurpose, LocalKey } from './local-key.ts';
import type { Sealed } from './sealed.ts';
import { createVault } from './vault.ts';

interface Vectors {
  readonly master_key: string;
  readonly kek_id: string;
  readonly derived_keys: Readonly<Record<KeyPurpose, string>>;
  readonly root_credential: {
    readonly plaintext: string;
    readonly context: CredentialContext;
    readonly sealed: Sealed;
  };
  readonly signing_key: { readonly plaintext: string; readonly context: SigningKeyContext; readonly sealed: Sealed };
}

const vectors: Vectors = JSON.parse(readFileSync(new URL('../../../test/vectors/seal.json', import.meta.url), 'utf8'));

/** Makes a source of bytes whose n-th call returns the start of SHA-256("writ vector <n>"). */
function vectorBytes(): (size: number) => Uint8Array {
  let calls = 0;
  return (size) => {
    calls += 1;
    return createHash('sha256').update(`writ vector ${calls}`).digest().subarray(0, size);
  };
}

function setUp() {
  const randomBytes = vectorBytes();
  const wrapper = new LocalKey(Buffer.from(vectors.master_key, 'base64'), { randomBytes });
  return { wrapper, vault: createVault({ wrapper, randomBytes }) };
}

test('the key id and the derived keys equal the vectors', () => {
  const { wrapper } = setUp();
  expect(wrapper.kekId).toBe(vectors.kek_id);
  const purposes: readonly KeyPurpose[] = [
    'client_secret',
    'session',
    'link',
    'password',
    'audit_digest',
    'cursor',
    'dpop_nonce',
    'passkey',
  ];
  const derived = purposes.map((purpose) => [purpose, wrapper.deriveKey(purpose).export().toString('base64')]);
  expect(Object.fromEntries(derived)).toEqual(vectors.derived_keys);
});

test('sealing a root credential gives the bytes of the vector, and they open', async () => {
  const { plaintext, context, sealed } = vectors.root_credential;
  expect(await setUp().vault.sealCredential(new Secret(plaintext, 'test'), context)).toEqual(sealed);
  const forward = { method: 'GET', path: '/', query: '', headers: {}, body: new Uint8Array() };
  const { connection_id, origin } = context;
  const authorized = makeAuthorized({
    kind: 'read',
    connection_id,
    origin,
    environments: [],
    request_id: 'req_1',
    forward,
  });
  expect((await setUp().vault.openCredential(sealed, { context, authorized })).expose()).toBe(plaintext);
});

test('sealing a signing key gives the bytes of the vector, and they open', async () => {
  const { plaintext, context, sealed } = vectors.signing_key;
  expect(await setUp().vault.sealSigningKey(new Secret(plaintext, 'test'), context)).toEqual(sealed);
  expect((await setUp().vault.openSigningKey(sealed, context)).expose()).toBe(plaintext);
});
