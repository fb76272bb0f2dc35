import { hash } from 'node:crypto';
import type { CiIdentity } from '@writ/core';

/** The longest a CI token lives, in seconds (model#access-token); never longer than the token it is made from. */
export const CI_TOKEN_LIFE = 600;

const MAX_KEY = 120;

/**
 * Returns the `sub` of a CI job's access token: `ci:<client id>:<job>`, the job's id, else the run's, else the issuer's own subject.
 * Client ids hold no colon, so no agent can have the same.
 */
export function ciSubject(client_id: string, { job_id, run_id, subject }: CiIdentity): string {
  const key = job_id ?? run_id ?? subject;
  return `ci:${client_id}:${key.length > MAX_KEY ? hash('sha256', key) : key}`;
}

/** Tells whether a `sub` is a CI job's: also of what was exchanged from its token, for every actor. */
export function isJobSubject(sub: string): boolean {
  return sub.startsWith('ci:');
}
