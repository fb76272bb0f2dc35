/** An authenticator in software (WebAuthn level 3, ES256): what a browser and a security key answer together, rightly or with one thing wrong. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { InputOf, OutputOf } from '@writ/api';

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
  /** An attestation statement, in CBOR, and its format. */
  readonly attestation?: { readonly fmt: string; readonly statement: Cbor };
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
      const { fmt, statement } = lies.attestation ?? { fmt: 'none', statement: new Map() };
      const authData = authenticatorData({ rpId, counter: 0, attested, ...lies });
      const object = new Map<Cbor, Cbor>([
        ['fmt', fmt],
        ['attStmt', statement],
        ['authData', authData],
      ]);
      return {
        ...named(id),
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, { origin, ...lies }),
          attestationObject: cbor(object).toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    get: (options, lies = {}) => {
      if (passkey === undefined) throw new Error('this authenticator has no passkey yet');
      if (counts) passkey.counter += 1;
      const authData = authenticatorData({ rpId, counter: passkey.counter, ...lies });
      const clientDataJSON = clientData('webauthn.get', options.challenge, { origin, ...lies });
      const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
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
  const hash = createHash('sha256').update(rpId).digest();
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
export type Cbor = number | string | Buffer | readonly Cbor[] | ReadonlyMap<Cbor, Cbor>;

/** Writes CBOR (RFC 8949): whole numbers, text, bytes, lists and maps, below 64 KiB. */
export function cbor(value: Cbor): Buffer {
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
