/** Signed notes (C2SP) with Ed25519: a text, and signatures that name their key. */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** The one signature type written and verified: Ed25519 (C2SP signed-note). */
const ED25519 = 0x01;
const MAX_NOTE = 64 * 1024;
const MAX_SIGNATURES = 16;
const KEY_BYTES = 32;
/** The bytes before the key in the DER of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A key that signs notes. */
export interface NoteSigner {
  /** The key's name, without white space and `+`. */
  readonly name: string;
  /** An Ed25519 private key. */
  readonly privateKey: KeyObject;
}

/** A key whose signatures are trusted. */
export interface NoteVerifier {
  readonly name: string;
  /** An Ed25519 public key. */
  readonly publicKey: KeyObject;
}

/** Tells whether a text can be the name of a key: it is not empty and has no white space, control character or `+`. */
function isNoteName(name: string): boolean {
  return name.length > 0 && name.length <= 300 && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

/** Returns the four bytes by which a signature names its key: the first of the SHA-256 of name, newline, type and public key. */
function noteKeyId({ name, publicKey }: NoteVerifier): Uint8Array {
  const typed = Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(ED25519), rawKey(publicKey)]);
  return createHash('sha256').update(typed).digest().subarray(0, 4);
}

/** Writes a verifier as one line, `name+keyid+base64`, so that it can be published or configured. */
export function formatNoteVerifier(verifier: NoteVerifier): string {
  const key = Buffer.concat([Uint8Array.of(ED25519), rawKey(verifier.publicKey)]);
  return `${verifier.name}+${Buffer.from(noteKeyId(verifier)).toString('hex')}+${key.toString('base64')}`;
}

/** Reads a line of `formatNoteVerifier`; undefined for any other text, also if the key id is that of another key. */
export function parseNoteVerifier(text: string): NoteVerifier | undefined {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  if (name === undefined || encoded === undefined || !isNoteName(name)) return undefined;
  const key = decodeBase64(encoded);
  if (key?.length !== KEY_BYTES + 1 || key[0] !== ED25519) return undefined;
  const der = Buffer.concat([SPKI_PREFIX, key.subarray(1)]);
  const verifier = { name, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
  return Buffer.from(noteKeyId(verifier)).toString('hex') === id ? verifier : undefined;
}

/** Signs a text that ends in a newline: the note is the text, an empty line, the signature's line. Throws `TypeError`. */
export function signNote(text: string, { name, privateKey }: NoteSigner): string {
  if (!isNoteText(text) || !isNoteName(name)) throw new TypeError('not a text or a name that can be signed as a note');
  const id = noteKeyId({ name, publicKey: createPublicKey(privateKey) });
  const signature = sign(null, Buffer.from(text), privateKey);
  return `${text}\n\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * Returns the text of a note that the verifier's key has signed; undefined if it has not, or if the note is malformed. Signatures of other
 * keys are ignored, as the specification says; a wrong signature of this key is not.
 */
export function openNote(note: string, verifier: NoteVerifier): string | undefined {
  if (note.length > MAX_NOTE) return undefined;
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2);
  if (end < 0 || !isNoteText(text) || !lines.endsWith('\n')) return undefined;
  const signatures = lines.slice(0, -1).split('\n').map(readSignature);
  if (signatures.length > MAX_SIGNATURES || signatures.includes(undefined)) return undefined;
  const id = Buffer.from(noteKeyId(verifier));
  const own = signatures.filter((line) => line?.name === verifier.name && id.equals(line.bytes.subarray(0, 4)));
  const good = own.every((line) =>
    verify(null, Buffer.from(text), verifier.publicKey, line?.bytes.subarray(4) ?? Buffer.alloc(0)),
  );
  return own.length > 0 && good ? text : undefined;
}

function readSignature(line: string): { readonly name: string; readonly bytes: Buffer } | undefined {
  const [, name, encoded] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded);
  if (name === undefined || !isNoteName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, bytes };
}

/** Tells whether a text can be a note: it has no control characters but the newline, and no lone surrogate, which UTF-8 cannot encode. */
function isNoteText(text: string): boolean {
  return text.endsWith('\n') && text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text);
}

function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function rawKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('a note is signed with Ed25519');
  return key.export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}
