/** The guards of the route table, by name, so that a line of the table reads as a sentence. */
import type { Guard, Role } from './route.ts';

/** Needs no proof at all. The routes that may have this guard are listed in the tests. */
export const anyone = { kind: 'public' } as const satisfies Guard;

/** Needs no proof, but does more for somebody who is signed in. Who was answered has proved nothing. */
export const visitor = { kind: 'public', may_be_signed_in: true } as const satisfies Guard;

/** The holder of an access token, for its own task. */
export const holder = { kind: 'access_token' } as const satisfies Guard;

/** For reads: users of at least this role, and automation clients. */
export const reads = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'none', automation: 'read' }) as const satisfies Guard;

/** For changes that loosen nothing, such as ending, revoking, freezing and probing. */
export const changes = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'none', automation: 'write' }) as const satisfies Guard;

/** For a person's own account: takes a session, never an access token. */
export const personal = { kind: 'user', role: 'auditor', proof: 'none', automation: false } as const satisfies Guard;

/** For making or widening what a client may do: takes a recent sign-in, an assertion, or an automation client. */
export const widens = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'recent', automation: 'write' }) as const satisfies Guard;

/** For changes of users, guardrails, protection, selectors, effects, base URLs or credentials: takes a session and an assertion. */
export const asserted = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'assertion', automation: false }) as const satisfies Guard;
