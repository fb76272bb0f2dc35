/**
 * Envelope encryption and key wrapping: the only code that decrypts.
 * Opens a root credential only for an `Authorized`; never logs, stores or returns one in any other shape than `Secret`.
 * Never reads the environment, the clock or randomness by itself: they are arguments.
 */
export * from './context.ts';
export * from './key-file.ts';
export * from './key-wrapper.ts';
export * from './local-key.ts';
export * from './sealed.ts';
export * from './vault.ts';
