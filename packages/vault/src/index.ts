/**
 * Envelope encryption and key wrapping: the only code that decrypts.
 * Opens a root credential only for an `Authorized`; never logs, stores or returns one in any other shape than `Secret`.
 * Never reads the environment, the clock or randomness by itself: they are arguments.
 */
export { nextKeyFile, openKeyFile, takeNextKeyFile } from './key-file.ts';
export { type KeyPurpose, LocalKey } from './local-key.ts';
export { createVault, type RewrapContext, rewrap, type Vault } from './vault.ts';
