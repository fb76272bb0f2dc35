import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type { Assertion, NewPasskey, PasskeyChange, PasskeyProof } from '@writ/api';
import { call, callOnce } from './client.ts';

/** The person, or the device, said no: nothing was sent. */
export class PasskeyNotUsed extends Error {
  constructor(cause: unknown) {
    super('The passkey was not used. Try again, or go another way.', { cause });
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
