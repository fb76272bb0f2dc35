import { z } from 'zod';
import { id, line, page, time } from './common.ts';

/** Bytes in base64url without padding, at most `most` characters. */
const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

/** An id of a credential: an authenticator makes it, at most 1023 bytes (WebAuthn section 4). */
const credentialId = base64url(1_364);

/** What an authenticator answers besides its proof. Nothing relies on it; browsers may send more than is named here. */
const credential = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(50).nullish(),
  clientExtensionResults: z.record(z.string().max(100), z.unknown()).optional(),
};

/** What `navigator.credentials.get` answered, as `PublicKeyCredential.toJSON` writes it. */
export const passkeyProof = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(8_192),
    authenticatorData: base64url(4_096),
    signature: base64url(4_096),
    userHandle: base64url(100).nullish(),
  }),
});
export type PasskeyProof = z.infer<typeof passkeyProof>;

/** What `navigator.credentials.create` answered, as `PublicKeyCredential.toJSON` writes it. */
export const newPasskey = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(8_192),
    attestationObject: base64url(16_384),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,30}$/))
      .max(10)
      .optional(),
  }),
});
export type NewPasskey = z.infer<typeof newPasskey>;

/** A change that a passkey is to prove: exactly what will be sent. */
export const passkeyChange = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  path: z
    .string()
    .max(2_000)
    .regex(/^\/api\/v1\/[\x21-\x7e]+$/, 'must be the path of the change, from /api/v1/ on, with its query')
    .describe('with its query, if it has one'),
  body: z.record(z.string(), z.unknown()).default({}).describe('without `assertion`'),
});

export type PasskeyChange = z.input<typeof passkeyChange>;

/** What a passkey is asked for: to sign in, to be registered, or to prove one change. */
export const challenge = z.discriminatedUnion('for', [
  z.strictObject({ for: z.literal('session') }),
  z.strictObject({ for: z.literal('register') }),
  z.strictObject({ for: z.literal('change'), change: passkeyChange }),
]);

/** A credential that may be used, or is registered already. */
const known = z.object({ id: z.string(), type: z.literal('public-key'), transports: z.array(z.string()).optional() });

/** The members of both kinds of options. `timeout` in milliseconds. */
const asked = { challenge: z.string(), timeout: z.number(), extensions: z.record(z.string(), z.unknown()).optional() };

/** `PublicKeyCredentialCreationOptionsJSON` of WebAuthn: for `navigator.credentials.create`. */
const creation = z.object({
  ...asked,
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.number() })),
  excludeCredentials: z.array(known),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: z.literal('required'),
  }),
  attestation: z.literal('none'),
});

/** `PublicKeyCredentialRequestOptionsJSON` of WebAuthn: for `navigator.credentials.get`. */
const request = z.object({
  ...asked,
  rpId: z.string(),
  userVerification: z.literal('required'),
  allowCredentials: z.array(known),
});

/** The options for the browser, good once and for five minutes. */
export const challenged = z.discriminatedUnion('for', [
  z.object({ for: z.literal('session'), options: request }),
  z.object({ for: z.literal('register'), options: creation }),
  z.object({ for: z.literal('change'), options: request }),
]);

/** A passkey as listed. `usable`: false for one that was made while Writ had another host name. */
export const passkey = z.object({
  id,
  name: z.string(),
  created_at: time,
  last_used_at: time.nullable(),
  backed_up: z.boolean().describe('its owner can use it on several devices'),
  usable: z.boolean(),
});

export const passkeys = page(passkey);

export const createPasskey = z.strictObject({ name: line(100), response: newPasskey });
