/**
 * `writ`: the broker's API as commands, for people and for scripts.
 * Never takes a secret as an argument and never prints a stack trace.
 */
export {};
