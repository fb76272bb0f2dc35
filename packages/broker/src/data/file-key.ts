import { hashRaw } from '@node-rs/argon2';
import { type FileKey, type RandomBytes, type Secret, WritError } from '@writ/core';
import { openFor, sealFor } from '@writ/tokens';
import { LocalKey } from '@writ/vault';

/** By what the key of a file is wrapped, or opened: a passphrase, or a key in PEM. */
export type FileSecret = { readonly passphrase: Secret } | { readonly key: string };

/** A key that was made for one file, and how it stands in that file's header. */
export interface NewFileKey {
  readonly key: LocalKey;
  readonly wrapped: FileKey;
}

/** argon2id (RFC 9106) at 256 MiB: a file can be tried for years, elsewhere. `memory` in KiB. */
const COST = { memory: 262_144, passes: 3, lanes: 1 } as const;

/** What a file may ask of this machine: 1 GiB, and no more than about a minute. */
const MOST = { memory: 1_048_576, passes: 16, lanes: 16 } as const;

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** What a wrapped file key is bound to. */
const CONTEXT = { format: '1', purpose: 'file_key' } as const;

/** Makes the key of a file, and wraps it: by a passphrase, or for a public key. Throws `validation_failed` for a key that cannot be used. */
export async function newFileKey(secret: FileSecret, randomBytes: RandomBytes): Promise<NewFileKey> {
  const bytes = Uint8Array.from(randomBytes(KEY_BYTES));
  try {
    const key = new LocalKey(bytes, { randomBytes });
    if ('key' in secret) return { key, wrapped: { by: 'public_key', jwe: await sealFor(secret.key, bytes) } };
    const salt = Buffer.from(randomBytes(SALT_BYTES));
    const wrapper = await keyOf(secret.passphrase, { ...COST, salt }, randomBytes);
    const wrapped = Buffer.from(await wrapper.wrap(bytes, CONTEXT)).toString('base64url');
    return { key, wrapped: { by: 'passphrase', salt: salt.toString('base64url'), ...COST, wrapped } };
  } finally {
    bytes.fill(0);
  }
}

/** Opens the key of a file. Throws `validation_failed` with a sentence: the wrong passphrase, the wrong key, or the other kind of the two. */
export async function openFileKey(file: FileKey, secret: FileSecret, randomBytes: RandomBytes): Promise<LocalKey> {
  const bytes = await bytesOf(file, secret, randomBytes);
  try {
    // A public key is known to others: whoever has it can seal what they like.
    if (bytes.length !== KEY_BYTES) throw refusal('What its header seals is no key of a file.');
    return new LocalKey(bytes, { randomBytes });
  } finally {
    bytes.fill(0);
  }
}

async function bytesOf(file: FileKey, secret: FileSecret, randomBytes: RandomBytes): Promise<Uint8Array> {
  if (file.by === 'public_key') {
    if (!('key' in secret))
      throw refusal('Its secrets are sealed for a public key: give the private key (--identity).');
    return await openFor(secret.key, file.jwe);
  }
  if ('key' in secret)
    throw refusal('Its secrets are sealed by a passphrase, not for a public key: leave --identity out.');
  const { memory, passes, lanes, salt } = file;
  if (memory > MOST.memory || passes > MOST.passes || lanes > MOST.lanes || memory < 8 * lanes)
    throw refusal('It asks for more memory or computing than any file that Writ writes: it was changed.');
  const wrapper = await keyOf(
    secret.passphrase,
    { memory, passes, lanes, salt: Buffer.from(salt, 'base64url') },
    randomBytes,
  );
  try {
    return await wrapper.unwrap(Buffer.from(file.wrapped, 'base64url'), CONTEXT);
  } catch (cause) {
    throw new WritError('validation_failed', { detail: 'The passphrase is wrong.', cause });
  }
}

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Uint8Array;
}

/** Unicode form NFKC, as for passwords: the same passphrase typed on another keyboard gives the same bytes. */
async function keyOf(passphrase: Secret, { memory, passes, lanes, salt }: Cost, randomBytes: RandomBytes) {
  if (salt.length < 8) throw refusal('The salt in its header is damaged.');
  const bytes = await hashRaw(Buffer.from(passphrase.expose().normalize('NFKC'), 'utf8'), {
    memoryCost: memory,
    timeCost: passes,
    parallelism: lanes,
    outputLen: KEY_BYTES,
    salt,
  });
  try {
    return new LocalKey(bytes, { randomBytes });
  } finally {
    bytes.fill(0);
  }
}

function refusal(detail: string): WritError {
  return new WritError('validation_failed', { detail });
}
