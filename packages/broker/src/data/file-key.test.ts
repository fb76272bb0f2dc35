import { generateKeyPairSync, type KeyPairKeyObjectResult, randomBytes } from 'node:crypto';
import { Secret } from '@writ/core';
import { expect, test } from 'vitest';
import { newFileKey, openFileKey } from './file-key.ts';

const pairOf = ({ publicKey, privateKey }: KeyPairKeyObjectResult) => ({
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
const PAIRS = {
  X25519: pairOf(generateKeyPairSync('x25519')),
  'P-256': pairOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  RSA: pairOf(generateKeyPairSync('rsa', { modulusLength: 2048 })),
};
const passphrase = { passphrase: new Secret('not a real passphrase', 'passphrase') };

test.each(Object.entries(PAIRS))('a file for a %s key opens with that private key alone', async (name, pair) => {
  const { key: made, wrapped } = await newFileKey({ key: pair.publicKey }, randomBytes);
  expect((await openFileKey(wrapped, { key: pair.privateKey }, randomBytes)).kekId).toBe(made.kekId);
  const other = name === 'RSA' ? PAIRS.X25519 : PAIRS.RSA;
  for (const by of [{ key: other.privateKey }, { key: pair.publicKey }, passphrase])
    await expect(openFileKey(wrapped, by, randomBytes)).rejects.toMatchObject({ code: 'validation_failed' });
});

test('a key that is private, too short or of another kind is no recipient', async () => {
  const short = pairOf(generateKeyPairSync('rsa', { modulusLength: 1024 }));
  const signing = pairOf(generateKeyPairSync('ed25519'));
  for (const given of [PAIRS.RSA.privateKey, short.publicKey, signing.publicKey, 'no key'])
    await expect(newFileKey({ key: given }, randomBytes)).rejects.toMatchObject({ code: 'validation_failed' });
});
