import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../../../../test/vectors/merkle.json' with { type: 'json' };
import { checkpointText, openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.ts';
import { leafHash } from './merkle.ts';
import { formatNoteVerifier, openNote, parseNoteVerifier, signNote } from './signed-note.ts';

const origin = 'writ.example.com/audit/default';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = { name: origin, privateKey };
const verifier = { name: origin, publicKey };
const checkpoint = { origin, size: 42, root: leafHash('root') };
const signed = signCheckpoint(checkpoint, signer);

describe('a signed note', () => {
  const { text, signature } = vectors.note;
  const peter = parseNoteVerifier(vectors.note.verifier);

  test('of another implementation is verified, and its key can be read and written', () => {
    if (!peter) return expect.unreachable('the verifier key was not read');
    expect(openNote(`${text}\n${signature}`, peter)).toBe(text);
    expect(formatNoteVerifier(peter)).toBe(vectors.note.verifier);
    expect(openNote(`${text.replace('answer', 'Answer')}\n${signature}`, peter)).toBeUndefined();
  });

  test('signed here is text, an empty line, an em dash, the name and the signature', () => {
    const note = signNote('one\ntwo\n', signer);
    expect(note).toMatch(/^one\ntwo\n\n\u2014 writ\.example\.com\/audit\/default [A-Za-z0-9+/]+=*\n$/);
    expect(openNote(note, verifier)).toBe('one\ntwo\n');
  });

  test('is opened even if witnesses with other keys have signed it too', () => {
    const other = generateKeyPairSync('ed25519');
    const witness = signNote('one\n', { name: 'witness.example', privateKey: other.privateKey }).split('\n\n')[1] ?? '';
    const foreign = `\u2014 other.example ${Buffer.alloc(2420).toString('base64')}\n`;
    expect(openNote(`${signNote('one\n', signer)}${witness}${foreign}`, verifier)).toBe('one\n');
    expect(openNote(`one\n\n${witness}${foreign}`, verifier)).toBeUndefined();
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['without signature', 'one\n\n'],
    ['without text', signed.slice(signed.indexOf('\u2014'))],
    ['without the last newline', signed.slice(0, -1)],
    ['with CRLF', signed.replaceAll('\n', '\r\n')],
    ['with a hyphen for the dash', signed.replace('\u2014', '-')],
    ['with a control character', `one\u0007\n${signNote('x\n', signer).slice(2)}`],
    ['with base64 of another alphabet', signed.replace(/[A-Za-z0-9+/]{4}(=*\n)$/, '----$1')],
    ['with the signature cut', `${signed.slice(0, -13)}\n`],
    ['with its text changed', signed.replace('42', '43')],
    [
      'by another key of the same name',
      signCheckpoint(checkpoint, { ...signer, privateKey: generateKeyPairSync('ed25519').privateKey }),
    ],
    ['by the same key under another name', signCheckpoint(checkpoint, { ...signer, name: 'evil.example' })],
    ['with a bad signature of the key after the good one', `${signed}${signNote('other\n', signer).split('\n\n')[1]}`],
    ['of a million characters', `${'x'.repeat(1_000_000)}\n${signed}`],
  ])('%s is not opened', (_, note) => {
    expect(openNote(note, verifier)).toBeUndefined();
  });

  test('opening never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (note) => {
        expect(openNote(note, verifier)).toBeUndefined();
        expect(parseNoteVerifier(note)).toBeUndefined();
        expect(parseCheckpointText(note)).toBeUndefined();
      }),
    );
  });

  test.each(['', 'two words', 'a+b', 'tab\t', 'line\n'])('a key cannot be called %j', (name) => {
    expect(() => signNote('one\n', { name, privateKey })).toThrow(TypeError);
  });

  test.each(['', 'no newline', 'bell\u0007\n', 'lone \ud800\n'])('the text %j is not signed', (text) => {
    expect(() => signNote(text, signer)).toThrow(TypeError);
  });

  test('a key of another kind is not used', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => signNote('one\n', { name: origin, privateKey: ec.privateKey })).toThrow(TypeError);
  });

  test('a verifier with the id of another key is not read', () => {
    const line = formatNoteVerifier(verifier);
    expect(parseNoteVerifier(line)?.publicKey.equals(createPublicKey(privateKey))).toBe(true);
    expect(parseNoteVerifier(line.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeUndefined();
    expect(parseNoteVerifier(line.replace(origin, 'evil.example'))).toBeUndefined();
  });
});

describe('a checkpoint', () => {
  test('is three lines', () => {
    expect(checkpointText(checkpoint)).toBe(`${origin}\n42\n${Buffer.from(checkpoint.root).toString('base64')}\n`);
  });

  test('is opened with the key that signed it, if it has the expected origin', () => {
    expect(openCheckpoint(signed, verifier)).toEqual(checkpoint);
    expect(openCheckpoint(signed, { ...verifier, origin })).toEqual(checkpoint);
    expect(openCheckpoint(signed, { ...verifier, origin: 'other.example' })).toBeUndefined();
  });

  test('may carry extension lines', () => {
    const text = `${checkpointText(checkpoint)}extension 1\n`;
    expect(openCheckpoint(signNote(text, signer), verifier)).toEqual(checkpoint);
  });

  test.each<[string, string]>([
    ['a size with a zero in front', `${origin}\n042\n${'A'.repeat(43)}=\n`],
    ['a negative size', `${origin}\n-1\n${'A'.repeat(43)}=\n`],
    ['a size past what a number counts', `${origin}\n9007199254740993\n${'A'.repeat(43)}=\n`],
    ['a size with an exponent', `${origin}\n1e3\n${'A'.repeat(43)}=\n`],
    ['a short root', `${origin}\n1\n${'A'.repeat(40)}\n`],
    ['a root in another spelling', `${origin}\n1\n${'A'.repeat(42)}B=\n`],
    ['an origin with a space', `writ example\n1\n${'A'.repeat(43)}=\n`],
    ['no origin', `\n1\n${'A'.repeat(43)}=\n`],
    ['no root', `${origin}\n1\n`],
    ['an empty extension line', `${origin}\n1\n${'A'.repeat(43)}=\n\n`],
  ])('with %s is not opened', (_, text) => {
    expect(parseCheckpointText(text)).toBeUndefined();
  });

  test.each([
    { size: -1 },
    { size: 0.5 },
    { size: 2 ** 53 },
    { origin: 'a b' },
    { origin: '' },
    { root: new Uint8Array(31) },
  ])('with %j is not signed', (changes) => {
    expect(() => signCheckpoint({ ...checkpoint, ...changes }, signer)).toThrow(TypeError);
  });
});
