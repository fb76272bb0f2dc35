/**
 * Envelope encryption and key wrapping: the only code that decrypts. Opens a root credential only for an `Authorized`, and returns it only
 * as a `Secret`; never logs or stores one. Environment, clock and randomness are arguments.
 */
export { nextKeyFile, openKeyFile, replacedKeyFile, takeNextKeyFile } from './key-file.ts';
export { type KeyPurpose, LocalKey } from './local-key.ts';
export { createVault, type RewrapContext, rewrap, type Vault } from './vault.ts';
