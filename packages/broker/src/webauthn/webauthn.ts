/** WebAuthn (level 3), by SimpleWebAuthn: the only file that imports it. It is read when it is first used: it would make every start slower. */
import { isIP } from 'node:net';
import type { NewPasskey, PasskeyProof } from '@writ/api';
import { WritError } from '@writ/core';
import type { Passkey } from '@writ/store';
import type { Services } from '../context.ts';

/** How long a challenge is good, in milliseconds. */
export const CHALLENGE_LIFE = 5 * 60_000;

/** The signature algorithms that are taken (RFC 9053): EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257];

/**
 * The forms of attestation that are taken: none, and what an authenticator says of itself. Of others the library would follow certificates
 * to addresses that the caller chose.
 */
const ATTESTATIONS: readonly unknown[] = ['none', 'packed'];

const library = () => import('@simplewebauthn/server');

/** Tells whether browsers do passkeys at Writ's URL: in a secure context, and for a name, never for an address. */
export function passkeysWork({ config }: Pick<Services, 'config'>): boolean {
  const { protocol, hostname } = new URL(config.publicUrl);
  const isName = isIP(hostname) === 0 && !hostname.startsWith('[');
  return isName && (protocol === 'https:' || hostname === 'localhost');
}

/** The name that passkeys are bound to (the RP ID): the host of Writ's URL. Throws `not_supported` where there can be none. */
export function rpIdOf(services: Pick<Services, 'config'>): string {
  if (passkeysWork(services)) return new URL(services.config.publicUrl).hostname;
  throw new WritError('not_supported', {
    detail: `Browsers do passkeys only for a host name with https, or for localhost; WRIT_PUBLIC_URL is ${services.config.publicUrl}.`,
  });
}

/** A passkey as the options name it. Transports are what its browser said once: the library's type lists only those of today. */
const named = ({ credential_id, transports }: Passkey) => ({ id: credential_id, transports: transports as [] });

/** Who registers a passkey. */
export interface Registrant {
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
}

/** The user handle by which authenticators know a user: the id, which says nothing of the person (WebAuthn section 14.6.1). */
const handleOf = (user_id: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(user_id, 'utf8'));

/** The options for registering a passkey. */
export async function creationOptions(
  services: Services,
  asked: { readonly challenge: Uint8Array; readonly user: Registrant; readonly present: readonly Passkey[] },
) {
  const { generateRegistrationOptions } = await library();
  const { challenge, user, present } = asked;
  const { hints: _, ...options } = await generateRegistrationOptions({
    rpName: 'Writ',
    rpID: rpIdOf(services),
    userID: handleOf(user.user_id),
    userName: user.email,
    userDisplayName: user.name,
    challenge: new Uint8Array(challenge),
    timeout: CHALLENGE_LIFE,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: present.map(named),
  });
  return options;
}

/** The options for a proof by a passkey: by one of `allowed`, or, where that is empty, by any that the person chooses. */
export async function requestOptions(
  services: Services,
  asked: { readonly challenge: Uint8Array; readonly allowed: readonly Passkey[] },
) {
  const { generateAuthenticationOptions } = await library();
  return await generateAuthenticationOptions({
    rpID: rpIdOf(services),
    challenge: new Uint8Array(asked.challenge),
    timeout: CHALLENGE_LIFE,
    userVerification: 'required',
    allowCredentials: asked.allowed.map(named),
  });
}

/** The challenge that a browser says was signed; undefined for what no browser writes, and for a page in another site's frame. */
export function challengeIn(response: { readonly clientDataJSON: string }): string | undefined {
  try {
    const said: unknown = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8'));
    if (typeof said !== 'object' || said === null || !('challenge' in said)) return undefined;
    if ('crossOrigin' in said && said.crossOrigin === true) return undefined;
    return typeof said.challenge === 'string' ? said.challenge : undefined;
  } catch {
    return undefined;
  }
}

/** What a proof says that was right. */
export interface Proven {
  /** How often the passkey was used, as the device counts. */
  readonly counter: number;
  readonly backed_up: boolean;
}

/**
 * Verifies a proof by a passkey over a challenge, at our origin, for our name, with the person verified by the device. Undefined where
 * anything of it is wrong. The count is compared where it is kept.
 */
export async function verifyProof(
  services: Services,
  given: { readonly proof: PasskeyProof; readonly challenge: string; readonly passkey: Passkey },
): Promise<Proven | undefined> {
  const { proof, challenge, passkey } = given;
  const { verifyAuthenticationResponse } = await library();
  const { clientDataJSON, authenticatorData, signature } = proof.response;
  const { id, rawId, type } = proof;
  const rpId = rpIdOf(services);
  return await orUndefined(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: services.config.publicUrl,
      expectedRPID: rpId,
      credential: { id: passkey.credential_id, publicKey: new Uint8Array(passkey.public_key), counter: 0 },
      requireUserVerification: true,
    });
    const { newCounter, credentialBackedUp } = authenticationInfo;
    return verified ? { counter: newCounter, backed_up: credentialBackedUp } : undefined;
  });
}

/** A passkey that was just made. */
export interface Registered extends Proven {
  readonly credential_id: string;
  readonly public_key: Buffer;
}

/** Verifies that a passkey was made for a challenge, at our origin, for our name, with the person verified by the device; else undefined. */
export async function verifyRegistration(
  services: Services,
  given: { readonly response: NewPasskey; readonly challenge: string },
): Promise<Registered | undefined> {
  const { verifyRegistrationResponse } = await library();
  const { id, rawId, type, response } = given.response;
  const { clientDataJSON, attestationObject } = response;
  const rpId = rpIdOf(services);
  return await orUndefined(async () => {
    if (!(await isSelfMade(attestationObject))) return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId, type, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
      expectedChallenge: given.challenge,
      expectedOrigin: services.config.publicUrl,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return undefined;
    const { credential, credentialBackedUp } = registrationInfo;
    if (credential.id !== id) return undefined;
    return {
      credential_id: credential.id,
      public_key: Buffer.from(credential.publicKey),
      counter: credential.counter,
      backed_up: credentialBackedUp,
    };
  });
}

/** Tells whether an attestation has no certificates of others. */
async function isSelfMade(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  const object = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  return ATTESTATIONS.includes(object.get('fmt')) && object.get('attStmt').get('x5c') === undefined;
}

/** The library throws for whatever is wrong with what it reads, with a sentence that may repeat it. */
const orUndefined = <T>(verify: () => Promise<T | undefined>): Promise<T | undefined> =>
  verify().catch(() => undefined);
