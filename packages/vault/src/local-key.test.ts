import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { type KeyPurpose, LocalKey } from './local-key.ts';

const master = randomBytes(32);
const key = new LocalKey(master, { randomBytes });
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
const hex = (from: LocalKey, purpose: KeyPurpose): string => from.deriveKey(purpose).export().toString('hex');

test('every purpose has its own key, the same at every start', () => {
  const again = new LocalKey(master, { randomBytes });
  expect(purposes.map((purpose) => hex(again, purpose))).toEqual(purposes.map((purpose) => hex(key, purpose)));
  const all = new Set([...purposes.map((purpose) => hex(key, purpose)), master.toString('hex')]);
  expect(all.size).toBe(purposes.length + 1);
});

test('another master gives other keys and another id', () => {
  const other = new LocalKey(randomBytes(32), { randomBytes });
  expect(other.kekId).not.toBe(key.kekId);
  for (const purpose of purposes) expect(hex(other, purpose)).not.toBe(hex(key, purpose));
});

test('neither the id nor the printed key reveals key bytes', () => {
  const printed = [key.kekId, inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key)].join();
  for (const length of [4, 8, 16]) expect(printed).not.toContain(master.subarray(0, length).toString('hex'));
});

test('a master of another length is refused', () => {
  for (const length of [0, 16, 31, 33])
    expect(() => new LocalKey(randomBytes(length), { randomBytes })).toThrow(TypeError);
});
