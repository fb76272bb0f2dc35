/**
 * Minting, verifying and JWKS: the only package that imports jose.
 * Never reads the clock, the network or the database by itself: they are arguments.
 */
export {};
