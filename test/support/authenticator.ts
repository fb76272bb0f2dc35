/** An authenticator in software (WebAuthn level 3, ES256): what a browser and a security key answer together, rightly or with one thing wrong. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { InputOf, OutputOf } from '@writ/api';
import type { TestCertificate } from './certificate.ts';

type Options = OutputOf<'passkeys.challenge'>['options'];
/** What registering answers. */
export type Made = InputOf<'passkeys.create'>['response'];
/** What proving answers. */
export type Proof = Extract<InputOf<'session.create'>, { passkey: unknown }>['passkey'];

/** What an answer is to say, other than what is right. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly crossOrigin?: boolean;
  readonly type?: string;
  /** False: the device did not ask for a finger, a face or a PIN. */
  readonly verified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | undefined;
  /** Writes an attestation statement. Default: none. */
  readonly attestation?: (made: Making) => Attestation;
}

/** What an attestation is about. */
export interface Making {
  readonly authData: Buffer;
  readonly clientDataHash: Buffer;
  readonly credentialId: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** An attestation statement and its format (section 6.5). */
export interface Attestation {
  readonly fmt: string;
  readonly statement: Readonly<Record<string, Cbor>>;
}

const NONE: Attestation = { fmt: 'none', statement: {} };

/** The device vouches for itself, by the key it has just made (section 8.2). */
export function selfAttested({ authData, clientDataHash, privateKey }: Making): Attestation {
  const sig = sign('sha256', Buffer.concat([authData, clientDataHash]), privateKey);
  return { fmt: 'packed', statement: { alg: -7, sig } };
}

/** The device's maker vouches for it, by a certificate (section 8.6). */
export function makerAttested(made: Making, maker: TestCertificate): Attestation {
  const { authData, clientDataHash, credentialId, publicKey } = made;
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  const signed = [Buffer.from([0]), authData.subarray(0, 32), clientDataHash, credentialId, point];
  const sig = sign('sha256', Buffer.concat(signed), maker.key);
  return { fmt: 'fido-u2f', statement: { sig, x5c: [new X509Certificate(maker.cert).raw] } };
}

/** An authenticator with at most one passkey. */
export interface Authenticator {
  create(options: Options, lies?: Lies): Made;
  get(options: Options, lies?: Lies): Proof;
  /** A copy of the device, which counts for itself. */
  copy(): Authenticator;
}

interface Passkey {
  readonly id: Buffer;
  readonly key: KeyObject;
  readonly userHandle: string;
  counter: number;
}

/** Makes one, used on pages of `origin`. `counts`: false for one that says 0 for ever, as those do that keep passkeys in a cloud. */
export function createAuthenticator(
  origin: string,
  { counts = true }: { readonly counts?: boolean } = {},
  held?: Passkey,
): Authenticator {
  const rpId = new URL(origin).hostname;
  let passkey = held;
  return {
    create: (options, lies = {}) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const id = randomBytes(16);
      const userHandle = 'user' in options ? options.user.id : '';
      passkey = { id, key: privateKey, userHandle, counter: 0 };
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
      const authData = authenticatorData({ rpId, counter: 0, attested, ...lies });
      const clientDataJSON = clientData('webauthn.create', options.challenge, { origin, ...lies });
      const clientDataHash = sha256(Buffer.from(clientDataJSON, 'base64url'));
      const made = { authData, clientDataHash, credentialId: id, privateKey, publicKey };
      const { fmt, statement } = lies.attestation?.(made) ?? NONE;
      const object = new Map<Cbor, Cbor>([
        ['fmt', fmt],
        ['attStmt', new Map(Object.entries(statement))],
        ['authData', authData],
      ]);
      const attestationObject = cbor(object).toString('base64url');
      return { ...named(id), response: { clientDataJSON, attestationObject, transports: ['internal'] } };
    },
    get: (options, lies = {}) => {
      if (passkey === undefined) throw new Error('this authenticator has no passkey yet');
      if (counts) passkey.counter += 1;
      const authData = authenticatorData({ rpId, counter: passkey.counter, ...lies });
      const clientDataJSON = clientData('webauthn.get', options.challenge, { origin, ...lies });
      const hash = sha256(Buffer.from(clientDataJSON, 'base64url'));
      const signature = sign('sha256', Buffer.concat([authData, hash]), passkey.key);
      const userHandle = 'userHandle' in lies ? lies.userHandle : passkey.userHandle;
      return {
        ...named(passkey.id),
        response: {
          clientDataJSON,
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(userHandle !== undefined && { userHandle }),
        },
      };
    },
    copy: () => createAuthenticator(origin, { counts }, passkey && { ...passkey }),
  };
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

function named(id: Buffer) {
  const text = id.toString('base64url');
  return { id: text, rawId: text, type: 'public-key', clientExtensionResults: {} } as const;
}

function clientData(type: string, challenge: string, { origin, crossOrigin = false, type: said = type }: Lies): string {
  return Buffer.from(JSON.stringify({ type: said, challenge, origin, crossOrigin })).toString('base64url');
}

interface AuthenticatorFacts extends Lies {
  readonly rpId: string;
  readonly counter: number;
  readonly attested?: Buffer;
}

/** Section 6.1: hash of the RP ID, flags (present, verified, attested data), counter, attested data. */
function authenticatorData({ rpId, counter, verified = true, attested }: AuthenticatorFacts): Buffer {
  const hash = sha256(rpId);
  const flags = 0x01 | (verified ? 0x04 : 0) | (attested ? 0x40 : 0);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([hash, Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
}

/** A public key for ES256 in the form of RFC 9052 section 7: kty EC2, alg ES256, curve P-256, x, y. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const [px, py] = [x, y].map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer];
  return cbor(
    new Map<Cbor, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, px],
      [-3, py],
    ]),
  );
}

/** A value that `cbor` writes. */
type Cbor = number | string | Buffer | readonly Cbor[] | ReadonlyMap<Cbor, Cbor>;

/** Writes CBOR (RFC 8949): whole numbers, text, bytes, lists and maps, below 64 KiB. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map)
    return Buffer.concat([
      head(5, value.size),
      ...[...value].flatMap((pair) => pair.map((part) => cbor(part as Cbor))),
    ]);
  const items = value as readonly Cbor[];
  return Buffer.concat([head(4, items.length), ...items.map(cbor)]);
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.from([type | argument]);
  if (argument < 256) return Buffer.from([type | 24, argument]);
  return Buffer.from([type | 25, argument >> 8, argument & 0xff]);
}
