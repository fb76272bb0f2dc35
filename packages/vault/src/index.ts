/**
 * Envelope encryption and key wrapping: the only code that decrypts.
 * Opens a root credential only for an `Authorized`; never logs, stores or returns one in any other shape than `Secret`.
 */
export {};
