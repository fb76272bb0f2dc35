import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';
import type { Assertion, NewPasskey, PasskeyChange, PasskeyProof } from '@writ/api';
import { call, callOnce } from './client.ts';

/** What a browser says, in words that tell what to do. All else is a no of the person, or of nobody in time: browsers do not tell which. */
const WHY: Readonly<Record<string, string>> = {
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: 'This device has a passkey of yours already: sign in with that one.',
  ERROR_INVALID_DOMAIN: 'At this address the browser takes no passkeys. Use your password.',
  ERROR_INVALID_RP_ID: 'At this address the browser takes no passkeys. Use your password.',
};

/** The person, or the device, said no: nothing was sent. */
export class PasskeyNotUsed extends Error {
  constructor(cause: unknown) {
    const why = cause instanceof WebAuthnError ? WHY[cause.code] : undefined;
    super(why ?? 'The passkey was not used. Try again; if this device has none of yours, use your password.', {
      cause,
    });
    this.name = 'PasskeyNotUsed';
  }
}

/** Tells whether this browser knows passkeys at all. */
export const knowsPasskeys = browserSupportsWebAuthn;

type SignOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type MakeOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** Asks for any passkey of this site: its owner signs in with it. */
export async function signInPasskey(): Promise<PasskeyProof> {
  const { options } = await callOnce('passkeys.challenge', { for: 'session' });
  return await signed(options as SignOptions);
}

/** Asks for a passkey's yes to exactly this change. */
export async function proveChange(change: PasskeyChange): Promise<Assertion> {
  const { options } = await call('passkeys.challenge', {
    for: 'change',
    change,
  });
  return { passkey: await signed(options as SignOptions) };
}

/** Makes a passkey on this person's device. */
export async function makePasskey(): Promise<NewPasskey> {
  const { options } = await call('passkeys.challenge', { for: 'register' });
  return (await startRegistration({ optionsJSON: options as MakeOptions }).catch(notUsed)) as NewPasskey;
}

async function signed(optionsJSON: SignOptions): Promise<PasskeyProof> {
  return (await startAuthentication({ optionsJSON }).catch(notUsed)) as PasskeyProof;
}

function notUsed(cause: unknown): never {
  throw new PasskeyNotUsed(cause);
}
