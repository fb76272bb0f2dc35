/** The guards of the route table, by name, so that a line of the table reads as a sentence. */
import type { Guard, Role } from './route.ts';

/** No proof at all: only what the short public list in the tests names. */
export const anyone = { kind: 'public' } as const satisfies Guard;

/** The holder of an access token, for its own task. */
export const holder = { kind: 'access_token' } as const satisfies Guard;

/** Reads: any user from this role on, and automation clients. */
export const reads = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'none', automation: 'read' }) as const satisfies Guard;

/** Changes that take nothing away from safety: ends, revokes, freezes, probes. */
export const changes = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'none', automation: 'write' }) as const satisfies Guard;

/** What concerns the person's own account: a session, never an access token. */
export const personal = { kind: 'user', role: 'auditor', proof: 'none', automation: false } as const satisfies Guard;

/** Makes or widens what a client may do: a recent sign-in, an assertion, or an automation client. */
export const widens = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'recent', automation: 'write' }) as const satisfies Guard;

/** Changes users, guardrails, protection, selectors, effects, base URLs or credentials: a session and an assertion. */
export const asserted = <const R extends Role>(role: R) =>
  ({ kind: 'user', role, proof: 'assertion', automation: false }) as const satisfies Guard;
