/**
 * One folder a provider, and the engines they share: what a request does, where, and to what.
 * Never sends a request and never decides whether one is allowed.
 */
export {};
