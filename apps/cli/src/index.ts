/**
 * `writ`: the broker's API as commands, for people and for scripts. Owns what is asked, shown and stored on this machine.
 * Never takes a secret as an argument, never prints a stack trace, never decides anything.
 */
export {};
